// Walks once through everything that crosses, against the key server of the connect.json that is named.

import Foundation
internal import LockKeeperBindings

/// Keeps slots in memory, and fails with what is put into `failure`.
final class Store: FfiLocalStore, @unchecked Sendable {
    private let lock = NSLock()
    private var slots: [String: Data] = [:]
    private var failure: (any Error)?

    func fail(with error: (any Error)?) { lock.withLock { failure = error } }
    func get(slot: String) throws -> Data? { try working { slots[slot] } }
    func put(slot: String, value: Data) throws { try working { slots[slot] = value } }
    func remove(slot: String) throws { try working { slots[slot] = nil } }

    private func working<T>(_ body: () -> T) throws -> T {
        try lock.withLock {
            if let failure { throw failure }
            return body()
        }
    }
}

struct Undeclared: Error {}

/// Keeps what it is told, and throws each time: nobody may be disturbed by that.
final class Listener: FfiProgressListener, FfiObserver, FfiLockListener, @unchecked Sendable {
    private let lock = NSLock()
    private var heard: Set<String> = []

    var told: Set<String> { lock.withLock { heard } }
    func onPhase(phase: FfiPhase) throws { try hear("phase") }
    func ended(event: FfiOperationEvent) throws { try hear(event.op) }
    func onLock(reason: FfiLockReason) throws { try hear("\(reason)") }

    private func hear(_ what: String) throws {
        _ = lock.withLock { heard.insert(what) }
        throw Undeclared()
    }
}

func check(_ holds: Bool, _ line: Int = #line) {
    guard holds else { fatalError("line \(line)") }
}

func fails(_ code: String, _ body: () throws -> Void) {
    do {
        try body()
        fatalError("expected \(code)")
    } catch let FfiError.Failed(thrown, _, _, _, _, _, _) where thrown == code {
    } catch {
        fatalError("expected \(code), got \(error)")
    }
}

let listener = Listener()
let options = FfiSessionOptions(lockAfterIdleMillis: 300_000, lockInBackgroundAfterMillis: nil)

func call(_ cancel: FfiCancelToken? = nil) -> FfiCall {
    FfiCall(deadlineMillis: 60_000, cancel: cancel, progress: listener)
}

let json = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let config = try FfiServerConfig.fromConnectJson(json: json, proxy: .system)
let store = Store()
let client = FfiClient(config: config, store: store, observer: listener)
let name = "ada-\(UUID().uuidString.lowercased())"
let old = Data("correct horse".utf8)
let new = Data("battery staple".utf8)

let session = try client.register(account: name, password: old, ticket: nil, options: options, call: call())
session.onLock(listener: listener)
let secret = try session.generate(bytes: 32, label: "door", id: session.newSecretId(), call: call())
let mine = try session.importSecret(bytes: Data([1, 2, 3]), label: nil, id: nil, call: call())
let listed = try session.list(after: nil, limit: 100, call: call())
check(listed.count == 2 && listed.contains(secret.info) && listed.contains(mine))
let exported = try session.exportSecret(id: mine.id, call: call())
check(exported.prefix(4) == Data([3, 1, 2, 3]))
let filter = FfiAuditFilter(kind: .secret, secrets: [], afterMillis: nil, beforeMillis: nil)
let log = try session.audit(filter: filter, cursor: nil, call: call()).entries
check(log.map(\.action) == ["retrieve_for_export", "list", "import", "generate"])

let unlock = try session.deviceUnlock().toBytes()
try client.openSessionWith(unlock: .fromBytes(bytes: unlock), options: options, call: call()).lock()
fails("wrong_name_or_password") { try session.changePassword(old: new, new: new, call: call()) }
try session.changePassword(old: old, new: new, call: call())
fails("device_unlock_stale") {
    _ = try client.openSessionWith(unlock: .fromBytes(bytes: unlock), options: options, call: call())
}

let other = FfiClient(config: config, store: Store(), observer: nil)
let second = try other.openSession(account: name, password: new, options: options, call: call())
let theirs = try second.retrieve(id: secret.info.id, purpose: .localOnly, call: call())
check(theirs.bytes == secret.bytes)
try second.deleteSecret(id: mine.id, call: call())
fails("secret_deleted") { _ = try second.retrieve(id: mine.id, purpose: .unspecified, call: call()) }
fails("password_invalid") {
    _ = try client.openSession(account: name, password: Data(), options: options, call: call())
}
fails("cancelled") {
    let cancelled = FfiCancelToken()
    cancelled.cancel()
    _ = try client.openSession(account: name, password: new, options: options, call: call(cancelled))
}

for failure: any Error in [FfiStoreError.Unavailable, Undeclared()] {
    store.fail(with: failure)
    fails("store_unavailable") { try client.forget(account: name) }
}
store.fail(with: nil)
try second.deleteAccount(password: new, call: call())
check(second.lockReason() == .accountDeleted)
session.lock()
fails("session_locked") { _ = try session.list(after: nil, limit: 1, call: call()) }
check(listener.told.isSuperset(of: ["phase", "register", "generate", "requested"]))
print("swift: the whole path was walked")
