import Foundation
import LockKeeper
import LockKeeperTesting
import Testing

@testable import DemoModels

/// Whole ways through the app, against the fake key server, and against a real one where there is one.
@MainActor @Suite struct Journeys {
    @Test(arguments: Home.allCases)
    func aPersonRegistersKeepsASecretLocksAndUnlocks(home: Home) async throws {
        let app = try await home.app()
        var door = try #require(app.door)
        let name = "ada-\(UUID().uuidString.lowercased())"
        (door.name, door.password) = (name, "correct horse battery staple")
        #expect(door.canUnlock && !door.canRegister)
        door.repeated = door.password
        #expect(door.canRegister && door.hint == .good)
        await door.register()
        #expect(door.password.isEmpty && door.repeated.isEmpty && door.work.problem == nil)

        var vault = try #require(app.vault)
        #expect(vault.account == name)
        await vault.generate(label: "door")
        await vault.importFile(label: "") { Data("the key is under the mat".utf8) }
        #expect(Set(vault.secrets.map(\.label)) == ["door", nil])

        let imported = try #require(vault.secrets.first { $0.origin == .imported })
        await vault.reveal(imported.id)
        #expect(vault.revealed?.text == "the key is under the mat")
        #expect(await vault.export(imported.id)?.withUnsafeBytes { $0.first } == 24)
        await vault.readLog()
        #expect(vault.isLogVerified && vault.log?.last?.action == "login")
        await vault.delete(imported.id)
        #expect(vault.revealed == nil && vault.secrets.count == 1)

        #expect(await vault.changePassword(from: "wrong", to: "battery") == false)
        #expect(vault.work.problem?.nextStep == .typePassword)
        #expect(await vault.changePassword(from: "correct horse battery staple", to: "battery staple correct"))
        vault.lock()
        try await until { app.door != nil }
        #expect(app.lockNotice == nil, "the person knows why")

        door = try #require(app.door)
        (door.name, door.password) = (name, "correct horse battery staple")
        await door.unlock()
        #expect(door.work.problem?.nextStep == .typePassword)
        door.password = "battery staple correct"
        await door.unlock()
        vault = try #require(app.vault)
        await vault.refresh()
        #expect(vault.secrets.map(\.label) == ["door"])
        let gate = Drawer()
        await vault.keepUnlock(in: gate)
        #expect(vault.isUnlockKept)
        vault.lock()
        try await until { app.door != nil }
        #expect(app.door?.name == name, "whoever unlocked last need not type the name again")
        await app.door?.unlock(by: gate)
        vault = try #require(app.vault)
        await vault.deleteAccount("battery staple correct")
        try await until { app.lockNotice == .accountDeleted }
        #expect(app.door != nil)
    }

    @Test func aSecretThatIsShownIsHiddenAgain() async throws {
        let session = try await FakeKeyServer().client().register("ada", Password("correct horse"))
        let vault = VaultModel(session, hideAfter: .milliseconds(50))
        await vault.generate(label: "door")
        await vault.reveal(vault.secrets[0].id)
        #expect(vault.revealed?.text.count == 64, "random bytes are shown as digits")
        try await until { vault.revealed == nil }
    }

    @Test func eachAdviceHasANextStepAndTheAppsOwnWordsComeFirst() {
        let advices = LockKeeper.Advice.allCases
        #expect(advices.count == 10)
        let taken = Problem(LockKeeperError(.accountNameTaken))
        #expect(taken.text.contains("unlock instead") && taken.nextStep == .change)
        let wait = Problem(LockKeeperError(.tooManyAttempts, retryAfter: .seconds(29)))
        #expect(wait.nextStep == .wait(seconds: 30))
        let unknown = Problem(LockKeeperError(LockKeeperError.Code(rawValue: "of_the_future"), requestID: "7f"))
        #expect(unknown.nextStep == .contact && unknown.forSupport == "7f" && !unknown.text.isEmpty)
    }

    @Test func aLogThatWasChangedIsNotShownAsVerified() async throws {
        let server = FakeKeyServer()
        let vault = VaultModel(try await server.client().register("ada", Password("correct horse")))
        server.tamperWithAudit()
        await vault.readLog()
        #expect(!vault.isLogVerified && vault.log == nil && vault.work.problem?.nextStep == .contact)
    }

    @Test func anUnlockOfAnEarlierPasswordIsToldAndNotKept() async throws {
        let server = FakeKeyServer()
        let gate = Drawer()
        let app = AppModel(Notebook()) { _ in server.client() }
        app.connect(placeholder)
        var door = try #require(app.door)
        (door.name, door.password, door.repeated) = ("ada", "correct horse", "correct horse")
        await door.register()
        let vault = try #require(app.vault)
        await vault.keepUnlock(in: gate)
        #expect(await vault.changePassword(from: "correct horse", to: "battery staple"))
        vault.lock()
        try await until { app.door != nil }
        door = try #require(app.door)
        await door.unlock(by: gate)
        #expect(door.work.problem?.nextStep == .typePassword && gate.kept.isEmpty)
        await door.unlock(by: gate)
        #expect(door.work.problem?.text.contains("keeps nothing") == true)
    }

    @Test func anUnlockThatTheGateCannotReadAnyMoreIsToldAndNotKept() async throws {
        let client = FakeKeyServer().client()
        let gate = Drawer(refusing: LockKeeperError(.deviceUnlockInvalidated))
        try await gate.save(client.register("ada", Password("correct horse")).deviceUnlock(), for: "ada")
        let door = DoorModel(client) { _ in }
        door.name = "ada"
        await door.unlock(by: gate)
        #expect(door.work.problem?.nextStep == .typePassword && gate.kept.isEmpty)
    }

    @Test func whoSaysNoToTheirFaceIsToldNothing() async {
        let door = DoorModel(FakeKeyServer().client()) { _ in }
        door.name = "ada"
        await door.unlock(by: Drawer(refusing: LockKeeperError(.cancelled)))
        #expect(door.work.problem == nil)
        await door.unlock(by: Drawer(refusing: LockKeeperError(.storeUnavailable)))
        #expect(door.work.problem?.nextStep == .unlockDevice)
    }

    @Test func theNextProcessKnowsTheServerAndTheNameUntilThePersonLeavesThem() async throws {
        let (server, memory) = (FakeKeyServer(), Notebook())
        let app = AppModel(memory) { _ in server.client() }
        app.connect(placeholder)
        let door = try #require(app.door)
        (door.name, door.password, door.repeated) = ("ada", "correct horse", "correct horse")
        await door.register()
        let next = AppModel(memory) { _ in server.client() }
        #expect(next.door?.name == "ada")
        next.forgetServer()
        #expect(AppModel(memory) { _ in server.client() }.door == nil)
    }

    @Test func aFileThatCannotBeReadIsToldAndNothingIsKept() async throws {
        let vault = VaultModel(try await FakeKeyServer().client().register("ada", Password("correct horse")))
        await vault.importFile(label: "door") { throw CocoaError(.fileReadNoPermission) }
        #expect(vault.work.problem?.nextStep == .tryAgain && vault.secrets.isEmpty)
    }

    @Test func aClockThatIsWrongANetworkWithASignInPageAndNoNetworkHaveStepsOfTheirOwn() {
        let steps = [.certificateNotValidNow, .notTLS, .offline, .outcomeUnknown].map { code in
            Problem(LockKeeperError(code)).nextStep
        }
        #expect(steps == [.clock, .signIn, .connection, .look])
        #expect(NextStep.wait(seconds: 51_000).text == "Try again in 15 hours.")
    }

    @Test func everyCodeThatAPersonCanDoSomethingAboutHasTheAppsOwnWords() throws {
        let errors = URL(filePath: #filePath).appending(path: "../../../../../docs/errors.md").standardized
        let rows = try String(contentsOf: errors, encoding: .utf8).matches(of: /(?m)^\| `([a-z_]+)` \| `([a-z_]+)` \|/)
        #expect(rows.count > 40)
        let left = rows.filter { row in
            !["contact_support", "bug"].contains(row.2) && words(for: LockKeeperError.Code(rawValue: String(row.1))) == nil
        }
        // This app sends no ids and no tickets of its own; of the others the words of their advice say all.
        let known: Set = ["secret_id_taken", "ticket_refused", "version_unsupported", "store_unavailable", "cancelled"]
        #expect(Set(left.map { String($0.1) }) == known)
    }

    @Test func settingsThatAreNoneAreToldAndNothingElseHappens() {
        let app = AppModel(store: MemoryStore(), memory: Notebook())
        app.connect("{")
        #expect(app.settingsProblem?.nextStep == .change && app.door == nil)
    }

    @Test func passwordsThatAreEasyToGuessAreCalledSo() {
        #expect(PasswordHint("") == .empty)
        #expect(PasswordHint("aaaaaaaaaaaaaaaaaaaa") == .weak)
        #expect(PasswordHint("correct horse") == .fair)
        #expect(PasswordHint("correct horse battery") == .good)
    }
}

/// Where the app's key server is.
enum Home: String, CaseIterable, Sendable {
    case fake
    case real

    /// A real one only where the script that runs the tests has started one.
    static var allCases: [Home] { connectJSON == nil ? [.fake] : [.fake, .real] }

    static let connectJSON = ProcessInfo.processInfo.environment["LOCK_KEEPER_CONNECT"]

    /// An app that knows the server.
    @MainActor func app() async throws -> AppModel {
        let server = FakeKeyServer()
        let app =
            switch self {
            case .fake: AppModel(Notebook()) { _ in server.client() }
            case .real: AppModel(store: MemoryStore(), memory: Notebook())
            }
        app.connect(self == .fake ? placeholder : try String(contentsOfFile: Home.connectJSON ?? "", encoding: .utf8))
        return app
    }
}

/// Settings of a server that nobody asks.
let placeholder = """
    {"url":"https://keys.example","realm":"example","server_public_keys":["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"]}
    """

/// What an app remembers as long as the test runs.
final class Notebook: AppMemory {
    var remembered = Remembered()
}

/// A gate that asks nobody, or that always refuses.
@MainActor final class Drawer: UnlockGate {
    private(set) var kept: [String: DeviceUnlock] = [:]
    private let refusal: LockKeeperError?

    init(refusing refusal: LockKeeperError? = nil) {
        self.refusal = refusal
    }

    func save(_ unlock: DeviceUnlock, for account: String) async throws { kept[account] = unlock }

    func load(_ account: String) async throws -> DeviceUnlock? {
        if let refusal { throw refusal }
        return kept[account]
    }

    func remove(_ account: String) async throws { kept[account] = nil }
}

extension AppModel {
    var door: DoorModel? {
        if case .door(let door) = screen { door } else { nil }
    }

    var vault: VaultModel? {
        if case .vault(let vault) = screen { vault } else { nil }
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
