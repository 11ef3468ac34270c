import LockKeeper
import LockKeeperTesting
import Testing

@testable import DemoModels

/// Unlocking by face or finger, and an account that this device and the server tell different things of.
@MainActor @Suite struct Doors {
    @Test(arguments: Home.allCases)
    func whoeverUnlockedLastUnlocksByFaceHoweverTheNameWasTyped(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        let app = try device.start()
        let vault = try await app.register(name.uppercased())
        #expect(vault.account == name && !vault.accountModel.isUnlockKept)
        await vault.accountModel.keepUnlock()
        #expect(vault.accountModel.isUnlockKept)
        var door = try await app.lock()
        door.name = "somebody else"
        #expect(door.canUnlockByGate && door.lastAccount == name)
        await door.unlockByGate()
        #expect(app.vault?.account == name)
        #expect(app.vault?.accountModel.isUnlockKept == true, "it is still kept")

        door = try #require(device.startAgain().door)
        #expect(door.canUnlockByGate, "the next process knows")
        await app.vault?.accountModel.dropUnlock()
        #expect(app.vault?.accountModel.isUnlockKept == false && device.gate.kept.isEmpty)
        door = try await app.lock()
        #expect(!door.canUnlockByGate)
    }

    @Test(arguments: Home.allCases)
    func anUnlockGoesWithThePasswordTheAccountAndTheServer(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        let app = try device.start()
        let account = try await app.register(name).accountModel
        await account.keepUnlock()
        await account.change(from: "correct horse", to: "battery staple")
        #expect(!account.isUnlockKept && device.gate.kept.isEmpty, "it would open nothing")

        await account.keepUnlock()
        await app.forgetServer()
        #expect(device.gate.kept.isEmpty && device.memory.remembered == Remembered())
        let again = try device.start()
        #expect(again.door?.canUnlockByGate == false, "what opens an account here opens none of that name elsewhere")

        let last = try await again.unlock(name, "battery staple").accountModel
        await last.keepUnlock()
        last.confirmation = "battery staple"
        await last.deleteAccount()
        try await until { device.gate.kept.isEmpty && again.lockNotice == .accountDeleted }
        #expect(again.door?.canUnlockByGate == false)
    }

    @Test(arguments: Home.allCases)
    func anUnlockOfAnEarlierPasswordIsToldAndNotKept(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        let app = try device.start()
        try await app.register(name).accountModel.keepUnlock()
        let door = try await app.lock()
        let elsewhere = try await Device(home, server: device.server).client().openSession(name, Password("correct horse"))
        try await elsewhere.changePassword(from: Password("correct horse"), to: Password("battery staple"))
        await door.unlockByGate()
        #expect(door.work.problem?.nextStep == .typePassword && door.work.problem?.text.contains("changed") == true)
        #expect(device.gate.kept.isEmpty && !door.canUnlockByGate)
    }

    @Test(arguments: [LockKeeperError(.deviceUnlockInvalidated), nil])
    func anUnlockThatTheGateDoesNotHaveAnyMoreIsToldAndNotOffered(refusal: LockKeeperError?) async throws {
        let device = Device()
        let app = try device.start()
        try await app.register("ada").accountModel.keepUnlock()
        let door = try await app.lock()
        if refusal == nil { device.gate.losesAll() }
        device.gate.refusalToLoad = refusal
        await door.unlockByGate()
        #expect(door.work.problem?.nextStep == .typePassword && device.gate.kept.isEmpty && !door.canUnlockByGate)
    }

    @Test func whoSaysNoToTheirFaceIsToldNothingAndMayTryAgain() async throws {
        let device = Device()
        let app = try device.start()
        try await app.register("ada").accountModel.keepUnlock()
        let door = try await app.lock()
        device.gate.refusalToLoad = LockKeeperError(.cancelled)
        await door.unlockByGate()
        #expect(door.work.problem == nil && door.canUnlockByGate)
        device.gate.refusalToLoad = LockKeeperError(.storeUnavailable)
        await door.unlockByGate()
        #expect(door.work.problem?.nextStep == .unlockDevice && door.work.problem?.text.contains("faces or fingers") == true)
        #expect(door.canUnlockByGate)
    }

    @Test func aDeviceWithoutAPasscodeOrAFaceIsToldSoAndKeepsNothing() async throws {
        let device = Device()
        let account = try await device.start().register("ada").accountModel
        device.gate.refusalToSave = LockKeeperError(.storeUnavailable)
        await account.keepUnlock()
        let problem = try #require(account.work.problem)
        #expect(problem.nextStep == .enroll && problem.text.contains("passcode") && !account.isUnlockKept)
    }

    @Test(arguments: [LockKeeperError.Code.rolledBack, .storeCorrupt])
    func anAccountThatThisDeviceCannotGoOnWithCanBeForgottenThere(code: LockKeeperError.Code) async throws {
        let device = Device()
        let app = try device.start()
        try await app.register("ada").accountModel.keepUnlock()
        let door = try await app.lock()
        #expect(door.disputed == nil, "nothing is wrong yet")
        device.server.failNext(LockKeeperError(code))
        door.password = "correct horse"
        await door.unlock()
        #expect(door.disputed == "ada" && door.work.problem?.nextStep == .contact)
        door.name = "somebody else"
        await door.forget()
        #expect(door.forgotten == "ada" && door.disputed == nil && door.work.problem == nil)
        #expect(device.gate.kept.isEmpty && !door.canUnlockByGate)
        _ = try await app.unlock("ada")
    }

    @Test(.enabled(if: Home.connectJSON != nil))
    func whoDeletedTheAccountElsewhereForgetsItHereAndBeginsAnew() async throws {
        let (device, name) = (Device(.real), Home.newName())
        let app = try device.start()
        _ = try await app.register(name)
        let door = try await app.lock()
        try await Device(.real).client().openSession(name, Password("correct horse")).deleteAccount(Password("correct horse"))
        (door.password, door.repeated) = ("battery staple", "battery staple")
        await door.register()
        #expect(door.disputed == name && app.vault == nil)
        await door.forget()
        _ = try await app.register(name, "battery staple")
    }
}
