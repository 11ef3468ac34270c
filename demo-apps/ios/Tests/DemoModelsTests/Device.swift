import Foundation
import LockKeeper
import LockKeeperTesting
import Testing

@testable import DemoModels

/// Where the app's key server is.
enum Home: String, CaseIterable, Sendable {
    case fake
    case real

    /// A real one only where the script that runs the tests has started one.
    static var allCases: [Home] { connectJSON == nil ? [.fake] : [.fake, .real] }

    static let connectJSON = ProcessInfo.processInfo.environment["LOCK_KEEPER_CONNECT"]

    /// A name that nobody else has there.
    static func newName() -> String { "ada-\(UUID().uuidString.lowercased())" }
}

/// Settings of a server that nobody asks.
let placeholder = """
    {"url":"https://keys.example","realm":"example","server_public_keys":["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"]}
    """

/// A device with the app on it, and with all that it keeps while the app does not run.
@MainActor final class Device {
    let memory = Notebook()
    let gate: Drawer
    let server: FakeKeyServer
    private let home: Home
    private let store = MemoryStore()

    /// A device whose key server is at home; the fake one is its own, unless another device's is given.
    init(_ home: Home = .fake, server: FakeKeyServer = FakeKeyServer(), gate: Drawer = Drawer()) {
        self.home = home
        self.server = server
        self.gate = gate
    }

    /// Starts the app, which knows the server.
    func start() throws -> AppModel {
        let app = AppModel(memory, gate) { self.client($0) }
        app.connect(try connectJSON)
        return app
    }

    /// Starts the app as a new process does, which knows what was remembered.
    func startAgain() -> AppModel { AppModel(memory, gate) { self.client($0) } }

    /// The library on this device, without the app.
    func client() throws -> LockKeeperClient { client(try ServerConfig(connectJSON: Data(try connectJSON.utf8))) }

    private func client(_ config: ServerConfig) -> LockKeeperClient {
        home == .fake ? server.client() : LockKeeperClient(config, store: store)
    }

    private var connectJSON: String {
        get throws { home == .fake ? placeholder : try String(contentsOfFile: Home.connectJSON ?? "", encoding: .utf8) }
    }
}

/// What an app remembers as long as the test runs.
final class Notebook: AppMemory {
    var remembered = Remembered()
}

/// A gate that asks nobody, or that refuses.
@MainActor final class Drawer: UnlockGate {
    private(set) var kept: [String: DeviceUnlock] = [:]
    /// What it refuses to keep anything with.
    var refusalToSave: LockKeeperError?
    /// What it refuses to give anything out with.
    var refusalToLoad: LockKeeperError?

    func save(_ unlock: DeviceUnlock, for account: String) async throws {
        if let refusalToSave { throw refusalToSave }
        kept[account] = unlock
    }

    func load(_ account: String) async throws -> DeviceUnlock? {
        if let refusalToLoad { throw refusalToLoad }
        return kept[account]
    }

    func remove(_ account: String) async throws { kept[account] = nil }

    /// The person has enrolled another face: what was kept is not there any more.
    func losesAll() { kept = [:] }
}

extension AppModel {
    var door: DoorModel? {
        if case .door(let door) = screen { door } else { nil }
    }

    var vault: VaultModel? {
        if case .vault(let vault) = screen { vault } else { nil }
    }

    /// Makes an account at the door.
    func register(_ name: String, _ password: String = "correct horse") async throws -> VaultModel {
        let door = try #require(door)
        (door.name, door.password, door.repeated) = (name, password, password)
        await door.register()
        return try #require(vault, "\(door.work.problem?.text ?? "")")
    }

    /// Unlocks an account at the door.
    func unlock(_ name: String, _ password: String = "correct horse") async throws -> VaultModel {
        let door = try #require(door)
        (door.name, door.password) = (name, password)
        await door.unlock()
        return try #require(vault, "\(door.work.problem?.text ?? "")")
    }

    /// Locks the account, as the person does.
    func lock() async throws -> DoorModel {
        vault?.lock()
        try await until { door != nil }
        return try #require(door)
    }
}

extension AccountModel {
    /// Changes the password, as the person does.
    func change(from old: String, to new: String) async {
        (oldPassword, newPassword, repeatedPassword) = (old, new, new)
        await changePassword()
    }
}

/// Makes a file for as long as `body` runs.
@MainActor func withFile(_ contents: Data, _ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "keys.txt")
    try contents.write(to: file)
    try await body(file)
}

/// Makes a file of so many zeros for as long as `body` runs.
@MainActor func withFile(of size: UInt64, _ body: (URL) async throws -> Void) async throws {
    try await withFile(Data()) { file in
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: size)
        try handle.close()
        try await body(file)
    }
}

/// Polls until something holds, for as long as a busy machine may need.
@MainActor func until(_ holds: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !holds() {
        guard ContinuousClock.now < deadline else {
            Issue.record("it does not come about", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
