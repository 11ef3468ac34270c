// What LockKeeper has on Apple's systems alone, for type-checking the views on Linux.
import Foundation
import LockKeeper

struct KeychainStore: LocalStore {
    func get(_ slot: String) throws(StoreFailure) -> Data? { nil }
    func put(_ slot: String, _ value: Data) throws(StoreFailure) {}
    func remove(_ slot: String) throws(StoreFailure) {}
}

struct BiometricKeychain {
    func save(_ unlock: DeviceUnlock, for account: String) async throws {}
    func load(_ account: String, reason: String) async throws -> DeviceUnlock? { nil }
    func remove(_ account: String) throws {}
}
