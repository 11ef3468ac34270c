import Foundation

/// Which entries of the audit log an app wants to see. The filter runs on this device, on verified entries: a server cannot hide one
/// behind it.
public struct AuditFilter: Sendable, Hashable {
    /// Only of this kind.
    public var kind: AuditKind?
    /// Only about these secrets; empty is about all and none.
    public var secrets: [SecretID]
    /// Only at this time or later, by the server's clock.
    public var after: Date?
    /// Only before this time.
    public var before: Date?

    /// A filter that lets everything through but what is said.
    public init(
        kind: AuditKind? = nil, secrets: [SecretID] = [], after: Date? = nil, before: Date? = nil
    ) {
        self.kind = kind
        self.secrets = secrets
        self.after = after
        self.before = before
    }
}

/// What an entry of the audit log is about.
public enum AuditKind: Sendable, Hashable, CaseIterable {
    /// Attempts to log in, and those that were turned away.
    case login
    /// Secrets: generate, import, retrieve, list, delete.
    case secret
    /// The account itself: registration, password, log, deletion.
    case account
}

/// One verified entry of the audit log.
public struct AuditEntry: Sendable, Hashable, Identifiable {
    /// Its place in the log, from 0.
    public let id: UInt64
    /// When, by the server's clock.
    public let at: Date
    /// What it is about.
    public let kind: AuditKind
    /// What was done, as a stable string in snake_case, such as `retrieve_local_only`. The set is open.
    public let action: String
    /// The secret that it is about.
    public let secret: SecretID?
    /// How it ended.
    public let outcome: Outcome
    /// How many attempts the entry stands for.
    public let count: UInt64
    /// Of a login: whether it came from a device that had logged in before.
    public let fromKnownDevice: Bool?

    package init(
        id: UInt64, at: Date, kind: AuditKind, action: String, secret: SecretID?, outcome: Outcome, count: UInt64,
        fromKnownDevice: Bool?
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.action = action
        self.secret = secret
        self.outcome = outcome
        self.count = count
        self.fromKnownDevice = fromKnownDevice
    }
}

/// How what an entry of the audit log is about has ended.
public enum Outcome: Sendable, Hashable, CaseIterable {
    /// It happened.
    case succeeded
    /// It was refused and had no effect.
    case refused
    /// A login was begun and never proven: a wrong password, or a device that went away.
    case neverFinished
}
