import Foundation
import LockKeeper
import Testing

/// What a device keeps, and what it notices by that.
@Suite struct DeviceStores {
    @Test func aStoreThatCannotBeReadNowIsNotTakenForAnEmptyOne() async throws {
        let store = Drawer()
        let client = try await LockKeeperClient.device(store)
        let name = freshName()
        _ = try await client.register(name, rightPassword, options: patient)
        store.fail(with: .unavailable)
        let error = try await failure { try await client.openSession(name, rightPassword, options: patient) }
        #expect(error.code == .storeUnavailable && error.advice == .unlockDevice)
        try await fails(.storeUnavailable) { try await client.forget(name) }
        store.fail(with: nil)
        _ = try await client.openSession(name, rightPassword, options: patient)
    }

    @Test func aRecordThatWasChangedIsCorruptAndStaysAsItIsUntilItIsForgotten() async throws {
        let store = Drawer()
        let client = try await LockKeeperClient.device(store)
        let name = freshName()
        _ = try await client.register(name, rightPassword, options: patient)
        store.change { $0[$0.count - 1] ^= 1 }
        let changed = store.slots
        let error = try await failure { try await client.openSession(name, rightPassword, options: patient) }
        #expect(error.code == .storeCorrupt && error.advice == .contactSupport)
        #expect(store.slots == changed)
        try await client.forget(name)
        _ = try await client.openSession(name, rightPassword, options: patient)
    }

    @Test func aServerThatWasSetBackIsNoticedByADeviceThatSawMore() async throws {
        let server = try await KeyServer()
        let device = server.device()
        let name = freshName()
        let session = try await device.register(name, rightPassword, options: patient)
        let kept = try await session.generate()
        let tables = ["account", "account_head", "secret", "audit_entry"]
        try await server.sqlite(tables.map { "CREATE TABLE before_\($0) AS SELECT * FROM \($0);" }.joined())
        _ = try await session.generate()
        try await server.sqlite(
            "DELETE FROM session; DELETE FROM attempt;"
                + tables.map { "DELETE FROM \($0); INSERT INTO \($0) SELECT * FROM before_\($0);" }.joined())
        let error = try await failure { try await session.retrieve(kept.info.id) }
        #expect(error.code == .rolledBack && error.advice == .contactSupport)
        try await fails(.rolledBack) { try await device.openSession(name, rightPassword, options: patient) }
        let stranger = try await server.device().openSession(name, rightPassword, options: patient)
        #expect(try await stranger.retrieve(kept.info.id) == kept, "a new device cannot know")
    }
}

/// Keeps slots in memory; a test can look at them, change them and let them fail.
final class Drawer: LocalStore, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String: Data] = [:]
    private var failure: StoreFailure?

    var slots: [String: Data] { lock.withLock { kept } }

    func fail(with failure: StoreFailure?) {
        lock.withLock { self.failure = failure }
    }

    func change(_ change: (inout Data) -> Void) {
        lock.withLock {
            for slot in kept.keys { change(&kept[slot]!) }
        }
    }

    func get(_ slot: String) throws(StoreFailure) -> Data? {
        try check()
        return lock.withLock { kept[slot] }
    }

    func put(_ slot: String, _ value: Data) throws(StoreFailure) {
        try check()
        lock.withLock { kept[slot] = value }
    }

    func remove(_ slot: String) throws(StoreFailure) {
        try check()
        lock.withLock { kept[slot] = nil }
    }

    private func check() throws(StoreFailure) {
        if let failure = lock.withLock({ failure }) { throw failure }
    }
}
