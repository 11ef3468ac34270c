import Foundation
import LockKeeper

/// A client of the fake server.
struct FakeClient: ClientEngine {
    let world: World

    func register(
        _ account: String, _ password: Password, ticket: Data?, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        let (name, password) = (try prepared(account), try bytes(of: password))
        report(to: call)
        try world.reached(by: call) { accounts in
            guard ticket == nil else { throw LockKeeperError(.ticketRefused) }
            guard accounts[name] == nil else { throw LockKeeperError(.accountNameTaken) }
            accounts[name] = Account(password: password)
        }
        return FakeSession(world: world, account: name, generation: 0, options: options)
    }

    func openSession(
        _ account: String, _ password: Password, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        let (name, password) = (try prepared(account), try bytes(of: password))
        report(to: call)
        return try open(name, options: options, call: call, else: .wrongNameOrPassword) { $0.password == password }
    }

    func openSession(
        with unlock: DeviceUnlock, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        let (name, generation) = try FakeUnlock.read(unlock)
        return try open(name, options: options, call: call, else: .deviceUnlockStale) { $0.generation == generation }
    }

    func forget(_ account: String) throws {
        _ = try prepared(account)
    }

    func dropConnections() {}

    private func open(
        _ name: String, options: SessionOptions, call: EngineCall, else refusal: LockKeeperError.Code,
        _ isProven: (Account) -> Bool
    ) throws -> any SessionEngine {
        let generation = try world.reached(by: call) { accounts in
            let proven = accounts[name].map(isProven) ?? false
            accounts[name]?.note("login", .login, nil, proven ? .succeeded : .neverFinished)
            guard proven, let account = accounts[name] else { throw LockKeeperError(refusal) }
            return account.generation
        }
        return FakeSession(world: world, account: name, generation: generation, options: options)
    }

    private func report(to call: EngineCall) {
        for phase in [Phase.connecting, .stretching, .proving] { call.progress?(phase) }
    }
}

/// The name as the server keeps it.
func prepared(_ account: String) throws -> String {
    let name = account.lowercased()
    guard (1...254).contains(name.utf8.count) else { throw LockKeeperError(.accountNameInvalid) }
    return name
}

func bytes(of password: Password) throws -> [UInt8] {
    let bytes = password.withUnsafeBytes { Array($0) }
    guard (1...1024).contains(bytes.count) else { throw LockKeeperError(.passwordInvalid) }
    return bytes
}

/// A device unlock of the fake server: the generation of the password, and the account's name.
enum FakeUnlock {
    static func write(_ account: String, _ generation: Int) -> DeviceUnlock {
        DeviceUnlock(bytes: SecretBytes("\(generation) \(account)".utf8))
    }

    static func read(_ unlock: DeviceUnlock) throws -> (account: String, generation: Int) {
        let text = unlock.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let generation = Int(parts[0]) else { throw LockKeeperError(.deviceUnlockInvalidated) }
        return (String(parts[1]), generation)
    }
}
