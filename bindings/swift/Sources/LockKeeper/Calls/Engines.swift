import Foundation

/// What a client stands on: the core, or a stand-in for it. Every function that takes a call blocks until it is done, cancelled or
/// out of time, and throws `LockKeeperError` alone.
package protocol ClientEngine: Sendable {
    func register(
        _ account: String, _ password: Password, ticket: Data?, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine
    func openSession(
        _ account: String, _ password: Password, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine
    func openSession(with unlock: DeviceUnlock, options: SessionOptions, call: EngineCall) throws -> any SessionEngine
    func forget(_ account: String) throws
    func dropConnections()
}

/// What a session stands on, as `ClientEngine`.
package protocol SessionEngine: AnyObject, Sendable {
    var account: String { get }
    var lockReason: LockReason? { get }

    /// Has `listener` told once when the session locks: at once where it is locked already.
    func onLock(_ listener: @escaping @Sendable (LockReason) -> Void)
    func lock()
    func enteredBackground()
    func enteredForeground()
    func newSecretID() -> SecretID
    func deviceUnlock() throws -> DeviceUnlock

    func generate(bytes: Int, label: String?, id: SecretID?, call: EngineCall) throws -> Secret
    func importSecret(_ bytes: SecretBytes, label: String?, id: SecretID?, call: EngineCall) throws -> SecretInfo
    func retrieve(_ id: SecretID, purpose: Purpose, call: EngineCall) throws -> Secret
    func export(_ id: SecretID, call: EngineCall) throws -> SecretBytes
    func list(after: SecretID?, limit: Int, call: EngineCall) throws -> [SecretInfo]
    func delete(_ id: SecretID, call: EngineCall) throws
    func auditPage(_ filter: AuditFilter, after cursor: (any AuditCursor)?, call: EngineCall) throws -> AuditPage
    func changePassword(from old: Password, to new: Password, call: EngineCall) throws
    func deleteAccount(_ password: Password, call: EngineCall) throws
}

/// A place in the audit log with what was verified up to it, as the engine that made it keeps it. It serves for one page.
package protocol AuditCursor: Sendable {}

/// A page of the audit log, newest first.
package struct AuditPage: Sendable {
    /// The entries that the filter lets through; perhaps none although there are older pages.
    package let entries: [AuditEntry]
    /// Where the next older page is; none at the beginning of the log.
    package let next: (any AuditCursor)?

    package init(entries: [AuditEntry], next: (any AuditCursor)?) {
        self.entries = entries
        self.next = next
    }
}
