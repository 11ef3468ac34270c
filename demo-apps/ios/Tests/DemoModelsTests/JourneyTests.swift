import Foundation
import LockKeeper
import LockKeeperTesting
import Testing

@testable import DemoModels

/// Whole ways through the app, against the fake key server, and against a real one where there is one.
@MainActor @Suite struct Journeys {
    @Test(arguments: Home.allCases)
    func aPersonRegistersKeepsASecretLocksAndUnlocks(home: Home) async throws {
        let app = try Device(home).start()
        var door = try #require(app.door)
        let name = Home.newName()
        (door.name, door.password) = (name, "correct horse battery staple")
        #expect(door.canUnlock && !door.canRegister)
        door.repeated = door.password
        #expect(door.canRegister && door.hint == .good)
        await door.register()
        #expect(door.password.isEmpty && door.repeated.isEmpty && door.work.problem == nil)

        var vault = try #require(app.vault)
        #expect(vault.account == name)
        vault.label = "door"
        await vault.generate()
        #expect(vault.label.isEmpty, "the next one is for something else")
        try await withFile(Data("the key is under the mat".utf8)) { await vault.importFile($0) }
        #expect(Set(vault.secrets.map(\.label)) == ["door", "keys.txt"])

        let imported = try #require(vault.secrets.first { $0.origin == .imported })
        await vault.reveal(imported.id)
        #expect(vault.revealed?.text == "the key is under the mat")
        #expect(await vault.export(imported.id)?.withUnsafeBytes { $0.first } == 24)
        await vault.log.read()
        #expect(vault.log.entries?.last?.action == "login")
        await vault.delete(imported.id)
        #expect(vault.revealed == nil && vault.secrets.count == 1)

        let account = vault.accountModel
        await account.change(from: "wrong", to: "battery")
        #expect(!account.isPasswordChanged && account.work.problem?.nextStep == .typePassword)
        await account.change(from: "correct horse battery staple", to: "battery staple correct")
        #expect(account.isPasswordChanged && account.work.problem == nil && account.newPassword.isEmpty)
        door = try await app.lock()
        #expect(app.lockNotice == nil, "the person knows why")

        (door.name, door.password) = (name, "correct horse battery staple")
        await door.unlock()
        #expect(door.work.problem?.nextStep == .typePassword)
        vault = try await app.unlock(name, "battery staple correct")
        await vault.refresh()
        #expect(vault.secrets.map(\.label) == ["door"])
        vault.accountModel.confirmation = "battery staple correct"
        await vault.accountModel.deleteAccount()
        try await until { app.lockNotice == .accountDeleted }
        #expect(app.door?.name.isEmpty == true)
    }

    @Test(arguments: Home.allCases)
    func theNextProcessKnowsTheServerAndTheNameUntilThePersonLeavesThem(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        _ = try await device.start().register(name)
        let next = device.startAgain()
        #expect(next.door?.name == name)
        _ = try await next.unlock(name)
        await next.forgetServer()
        #expect(device.startAgain().door == nil)
    }

    @Test func settingsThatAreNoneAreToldWithTheirFieldAndNothingElseHappens() {
        let app = AppModel(store: MemoryStore(), memory: Notebook(), gate: Drawer())
        app.connect("{")
        #expect(app.settingsProblem?.nextStep == .change && app.door == nil)
        app.connect(placeholder.replacingOccurrences(of: "https", with: "http"))
        #expect(app.settingsProblem?.detail?.contains("url") == true)
        app.connect(scanned: "https://example.com/menu")
        #expect(app.settingsProblem?.nextStep == .anotherCode, "nothing was typed")
        app.connect(scanned: placeholder)
        #expect(app.settingsProblem == nil && app.door != nil)
    }

    @Test func aSecretThatIsShownIsHiddenAgain() async throws {
        let session = try await FakeKeyServer().client().register("ada", Password("correct horse"))
        let vault = VaultModel(session, Unlocks(Drawer(), Notebook()), hideAfter: .milliseconds(50))
        await vault.generate()
        await vault.reveal(vault.secrets[0].id)
        #expect(vault.revealed?.text.count == 64, "random bytes are shown as digits")
        try await until { vault.revealed == nil }
    }
}
