import Foundation
import LockKeeper

/// A session with the fake server.
final class FakeSession: SessionEngine {
    let account: String
    private let world: World
    private let state: FakeLock

    init(world: World, account: String, generation: Int, options: SessionOptions) {
        self.world = world
        self.account = account
        state = FakeLock(generation: generation, options: options)
    }

    deinit {
        lock()
    }

    var lockReason: LockReason? { state.reason }
    func onLock(_ listener: @escaping @Sendable (LockReason) -> Void) { state.onLock(listener) }
    func lock() { state.lock(.requested) }
    func enteredBackground() { state.isInBackground(true) }
    func enteredForeground() { state.isInBackground(false) }
    func newSecretID() -> SecretID { .random() }

    func deviceUnlock() throws -> DeviceUnlock {
        FakeUnlock.write(account, try state.generation())
    }

    func generate(bytes: Int, label: String?, id: SecretID?, call: EngineCall) throws -> Secret {
        guard (1...32_768).contains(bytes) else { throw LockKeeperError(.secretTooLarge) }
        let random = SecretBytes((0..<bytes).map { _ in UInt8.random(in: .min ... .max) })
        return try store(random, label, id, .generated, call)
    }

    func importSecret(_ bytes: SecretBytes, label: String?, id: SecretID?, call: EngineCall) throws -> SecretInfo {
        guard (1...32_768).contains(bytes.count) else { throw LockKeeperError(.secretTooLarge) }
        let copy = bytes.withUnsafeBytes { SecretBytes($0) }
        return try store(copy, label, id, .imported, call).info
    }

    func retrieve(_ id: SecretID, purpose: Purpose, call: EngineCall) throws -> Secret {
        let action =
            switch purpose {
            case .unspecified: "retrieve"
            case .localOnly: "retrieve_local_only"
            case .export: "retrieve_for_export"
            }
        return try perform(action, .secret, id, call) { try $0.secret(id) }
    }

    func export(_ id: SecretID, call: EngineCall) throws -> SecretBytes {
        let secret = try retrieve(id, purpose: .export, call: call)
        guard secret.info.length <= 255 else { throw LockKeeperError(.tooLargeToExport) }
        return secret.bytes.withUnsafeBytes { SecretBytes([UInt8($0.count)] + Array($0) + [0]) }
    }

    func list(after: SecretID?, limit: Int, call: EngineCall) throws -> [SecretInfo] {
        try perform("list", .secret, nil, call) { account in
            let all = account.secrets.values.compactMap { kept in
                if case .secret(let secret) = kept { secret.info } else { nil }
            }
            let sorted = all.sorted { $0.id.description < $1.id.description }
            return Array(sorted.drop { info in after.map { info.id.description <= $0.description } ?? false }.prefix(max(limit, 1)))
        }
    }

    func delete(_ id: SecretID, call: EngineCall) throws {
        try perform("delete", .secret, id, call) { account in
            _ = try account.secret(id)
            account.secrets[id] = .deleted
        }
    }

    func auditPage(_ filter: AuditFilter, after cursor: (any AuditCursor)?, call: EngineCall) throws -> AuditPage {
        try world.checkLogs()
        let log = try perform("audit", .account, nil, call) { $0.log }
        return AuditPage(entries: log.reversed().filter { filter.letsThrough($0) }, next: nil)
    }

    func changePassword(from old: Password, to new: Password, call: EngineCall) throws {
        let (old, new) = (try bytes(of: old), try bytes(of: new))
        let generation = try perform("change_password", .account, nil, call) { account in
            guard account.password == old else { throw LockKeeperError(.wrongNameOrPassword) }
            account.password = new
            account.generation += 1
            return account.generation
        }
        state.changed(to: generation)
    }

    func deleteAccount(_ password: Password, call: EngineCall) throws {
        let password = try bytes(of: password)
        try perform("delete_account", .account, nil, call) { account in
            guard account.password == password else { throw LockKeeperError(.wrongNameOrPassword) }
            account.isDeleted = true
        }
        state.lock(.accountDeleted)
    }

    private func store(
        _ bytes: SecretBytes, _ label: String?, _ id: SecretID?, _ origin: Origin, _ call: EngineCall
    ) throws -> Secret {
        guard (label ?? "").utf8.count <= 256 else { throw LockKeeperError(.labelTooLong) }
        let info = SecretInfo(id: id ?? .random(), label: label, origin: origin, created: Date(), length: bytes.count)
        return try perform(origin == .generated ? "generate" : "import", .secret, info.id, call) { account in
            switch account.secrets[info.id] {
            case nil:
                let secret = Secret(info: info, bytes: bytes)
                account.secrets[info.id] = .secret(secret)
                return secret
            case .deleted: throw LockKeeperError(.secretDeleted)
            case .secret(let kept):
                guard kept.isWhat(origin, label, bytes) else { throw LockKeeperError(.secretIDTaken) }
                return kept
            }
        }
    }

    /// One request of this session: noted in the log, refused where the password was changed or the account is gone.
    private func perform<T>(
        _ action: String, _ kind: AuditKind, _ secret: SecretID?, _ call: EngineCall, _ body: (inout Account) throws -> T
    ) throws -> T {
        let generation = try state.generation()
        call.progress?(.sending)
        let result: Result<T, any Error> = try world.reached(by: call) { accounts in
            guard var account = accounts[self.account] else { return .failure(LockKeeperError(.wrongNameOrPassword)) }
            guard account.generation == generation else { return .failure(LockKeeperError(.passwordChanged)) }
            let result = Result { try body(&account) }
            account.note(action, kind, secret, (try? result.get()) == nil ? .refused : .succeeded)
            accounts[self.account] = account.isDeleted ? nil : account
            return result
        }
        if case .failure(let error as LockKeeperError) = result, error.code == .passwordChanged {
            state.lock(.passwordChanged)
        }
        state.used()
        return try result.get()
    }
}

extension Secret {
    /// Whether the same call would have stored it.
    fileprivate func isWhat(_ origin: Origin, _ label: String?, _ bytes: SecretBytes) -> Bool {
        guard info.origin == origin, info.label == label, info.length == bytes.count else { return false }
        return origin == .generated || self.bytes == bytes
    }
}

extension AuditFilter {
    fileprivate func letsThrough(_ entry: AuditEntry) -> Bool {
        (kind == nil || kind == entry.kind)
            && (secrets.isEmpty || entry.secret.map { secrets.contains($0) } ?? false)
            && (after.map { entry.at >= $0 } ?? true) && (before.map { entry.at < $0 } ?? true)
    }
}
