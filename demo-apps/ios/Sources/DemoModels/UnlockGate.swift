import LockKeeper

/// Keeps what opens an account without its password, behind a face or finger that this device knows.
public protocol UnlockGate: Sendable {
    /// Keeps it, in place of an earlier one.
    func save(_ unlock: DeviceUnlock, for account: String) async throws
    /// Gives it out once the person has shown face or finger: nil where nothing is kept, or not any more.
    func load(_ account: String) async throws -> DeviceUnlock?
    /// Keeps nothing for this account any more.
    func remove(_ account: String) async throws
}
