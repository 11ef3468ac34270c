import Foundation
internal import LockKeeperBindings

extension SecretInfo {
    init(_ info: FfiSecretInfo) {
        let origin: Origin =
            switch info.origin {
            case .generated: .generated
            case .imported: .imported
            }
        let created = Date(millisSinceEpoch: info.createdAtMillis)
        self.init(
            id: SecretID(trusted: info.id), label: info.label, origin: origin, created: created,
            length: Int(info.length))
    }
}

extension Purpose {
    var core: FfiPurpose {
        switch self {
        case .unspecified: .unspecified
        case .localOnly: .localOnly
        case .export: .export
        }
    }
}

extension SessionOptions {
    var core: FfiSessionOptions {
        FfiSessionOptions(
            lockAfterIdleMillis: lockAfterIdle?.wholeMilliseconds,
            lockInBackgroundAfterMillis: lockInBackgroundAfter?.wholeMilliseconds)
    }
}

extension LockReason {
    init(_ reason: FfiLockReason) {
        self =
            switch reason {
            case .requested: .requested
            case .idle: .idle
            case .background: .background
            case .passwordChanged: .passwordChanged
            case .accountDeleted: .accountDeleted
            case .other: .other
            }
    }
}

extension Phase {
    init(_ phase: FfiPhase) {
        self =
            switch phase {
            case .connecting: .connecting
            case .stretching: .stretching
            case .proving: .proving
            case .sending: .sending
            case .waiting(let attempt): .waiting(attempt: Int(attempt))
            }
    }
}

extension AuditFilter {
    var core: FfiAuditFilter {
        let kind: FfiAuditKind? =
            switch kind {
            case .login: .login
            case .secret: .secret
            case .account: .account
            case nil: nil
            }
        return FfiAuditFilter(
            kind: kind, secrets: secrets.map(\.description), afterMillis: after?.millisSinceEpoch,
            beforeMillis: before?.millisSinceEpoch)
    }
}

extension AuditEntry {
    init(_ entry: FfiAuditEntry) {
        let kind: AuditKind =
            switch entry.kind {
            case .login: .login
            case .secret: .secret
            case .account: .account
            }
        let outcome: Outcome =
            switch entry.outcome {
            case .succeeded: .succeeded
            case .refused: .refused
            case .neverFinished: .neverFinished
            }
        self.init(
            id: entry.n, at: Date(millisSinceEpoch: entry.atMillis), kind: kind, action: entry.action,
            secret: entry.secret.map { SecretID(trusted: $0) }, outcome: outcome, count: entry.count,
            fromKnownDevice: entry.knownDevice)
    }
}

extension Date {
    init(millisSinceEpoch millis: Int64) {
        self.init(timeIntervalSince1970: Double(millis) / 1000)
    }

    /// Rounded up, so that *at this time or later* never takes in what came before; cut off where it does not fit.
    var millisSinceEpoch: Int64 {
        let millis = (timeIntervalSince1970 * 1000).rounded(.up)
        return Int64(exactly: millis) ?? (millis < 0 ? .min : .max)
    }
}
