import Foundation

/// Keeps slots in memory, for previews and tests. In an app it would make every start a new device, which cannot notice that the
/// server shows an older state of the account.
public final class MemoryStore: LocalStore, @unchecked Sendable {
    private let lock = NSLock()
    private var slots: [String: Data] = [:]

    /// An empty store.
    public init() {}

    /// The value of a slot.
    public func get(_ slot: String) -> Data? {
        lock.withLock { slots[slot] }
    }

    /// Puts a value into a slot.
    public func put(_ slot: String, _ value: Data) {
        lock.withLock { slots[slot] = value }
    }

    /// Empties a slot.
    public func remove(_ slot: String) {
        lock.withLock { slots[slot] = nil }
    }
}
