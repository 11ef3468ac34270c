import Foundation
internal import LockKeeperBindings

@testable import LockKeeper

/// The core's session in a test that must see the very memory which the core hands out. It hands out bytes that stand in a place of the
/// test's own, and can do nothing else.
final class HandingOut: FfiSessionProtocol, @unchecked Sendable {
    /// Where the bytes are that the next call hands out.
    let place: UnsafeMutableRawBufferPointer

    init(_ count: Int) {
        place = .allocate(byteCount: count, alignment: 1)
    }

    deinit {
        place.deallocate()
    }

    /// Fills the place anew, and lends it as the core's `Data`, which nobody else holds.
    private func handOut() -> Data {
        place.initializeMemory(as: UInt8.self, repeating: 7)
        return Data(bytesNoCopy: place.baseAddress!, count: place.count, deallocator: .none)
    }

    private func secret() -> FfiSecret {
        let info = FfiSecretInfo(
            id: String(repeating: "a5", count: 16), label: nil, origin: .generated, createdAtMillis: 0, length: UInt32(place.count))
        return FfiSecret(info: info, bytes: handOut())
    }

    func account() -> String { "ada" }
    func lockReason() -> FfiLockReason? { nil }
    func generate(bytes: UInt32, label: String?, id: String?, call: FfiCall) -> FfiSecret { secret() }
    func retrieve(id: String, purpose: FfiPurpose, call: FfiCall) -> FfiSecret { secret() }
    func exportSecret(id: String, call: FfiCall) -> Data { handOut() }

    func onLock(listener: FfiLockListener) { fatalError("no test does this") }
    func lock() { fatalError("no test does this") }
    func enteredBackground() { fatalError("no test does this") }
    func enteredForeground() { fatalError("no test does this") }
    func newSecretId() -> String { fatalError("no test does this") }
    func deviceUnlock() -> FfiDeviceUnlock { fatalError("no test does this") }
    func importSecret(bytes: Data, label: String?, id: String?, call: FfiCall) -> FfiSecretInfo { fatalError("no test does this") }
    func list(after: String?, limit: UInt16, call: FfiCall) -> [FfiSecretInfo] { fatalError("no test does this") }
    func deleteSecret(id: String, call: FfiCall) { fatalError("no test does this") }
    func audit(filter: FfiAuditFilter, cursor: FfiAuditCursor?, call: FfiCall) -> FfiAuditPage { fatalError("no test does this") }
    func changePassword(old: Data, new: Data, call: FfiCall) { fatalError("no test does this") }
    func deleteAccount(password: Data, call: FfiCall) { fatalError("no test does this") }
}
