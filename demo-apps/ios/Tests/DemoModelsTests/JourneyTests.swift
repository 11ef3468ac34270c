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
        await vault.importFile(Data("the key is under the mat".utf8), label: "")
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
        let unlock = try vault.deviceUnlock()
        vault.lock()
        try await until { app.door != nil }
        await app.door?.unlock(with: unlock)
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

    @Test func settingsThatAreNoneAreToldAndNothingElseHappens() {
        let app = AppModel(store: MemoryStore())
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
            case .fake: AppModel { _ in server.client() }
            case .real: AppModel(store: MemoryStore())
            }
        let placeholder = """
            {"url":"https://keys.example","realm":"example","server_public_keys":["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"]}
            """
        app.connect(self == .fake ? placeholder : try String(contentsOfFile: Home.connectJSON ?? "", encoding: .utf8))
        return app
    }
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
