import DemoModels
import LockKeeper

/// The keychain, which gives a device unlock out for a face or finger alone.
struct FaceGate: UnlockGate {
    func save(_ unlock: DeviceUnlock, for account: String) async throws {
        try await BiometricKeychain().save(unlock, for: account)
    }

    func load(_ account: String) async throws -> DeviceUnlock? {
        try await BiometricKeychain().load(account, reason: "Open your account")
    }

    func remove(_ account: String) async throws {
        try BiometricKeychain().remove(account)
    }
}
