import Foundation

/// Keeps small values on the device, one for each slot: the identity that the account showed, the end of its log, the device's cookie.
///
/// What is kept is authenticated, but not secret to someone who can read the device. A slot's name is 1 to 128 lower-case letters,
/// digits, hyphens and dots; a value has up to 64 KiB. Every function is called on a thread of this package and may block.
///
/// `KeychainStore` is the one for apps, ``MemoryStore`` the one for previews and tests.
public protocol LocalStore: Sendable {
    /// The value of a slot; nil where there is none.
    ///
    /// A store that cannot be read *now*, as the keychain before the first unlock, throws ``StoreFailure/unavailable``: a locked phone
    /// is not a new phone.
    func get(_ slot: String) throws(StoreFailure) -> Data?

    /// Puts a value into a slot, whole or not at all, and lastingly before it returns.
    func put(_ slot: String, _ value: Data) throws(StoreFailure)

    /// Empties a slot. An empty slot is no failure.
    func remove(_ slot: String) throws(StoreFailure)
}

/// Why a ``LocalStore`` failed.
public enum StoreFailure: Error, Sendable, Hashable {
    /// It cannot be read or written now: the device is locked.
    case unavailable
    /// What is there is damaged.
    case corrupt
    /// Anything else, such as a full disk.
    case other
}
