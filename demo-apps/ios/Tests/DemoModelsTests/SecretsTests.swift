import Foundation
import LockKeeper
import LockKeeperTesting
import Testing

@testable import DemoModels

/// What happens to secrets and to the log where not everything goes well.
@MainActor @Suite struct Secrets {
    @Test func aSecretThatMayHaveBeenKeptIsLookedForAndKeptOnceByTheNextTry() async throws {
        for lost in [LockKeeperError.Code.timedOut, .offline, .serverBusy] {
            let device = Device()
            let vault = try await device.start().register("ada")
            vault.label = "door"
            device.server.failNext(LockKeeperError(lost, mayHaveHappened: true))
            await vault.generate()
            let problem = try #require(vault.work.problem)
            #expect(problem.nextStep == .look && problem.text.contains("not known whether that worked"), "\(lost)")
            #expect(vault.label == "door" && vault.secrets.isEmpty, "nothing has to be typed again")

            let draft = try #require(vault.draft)
            await vault.generate()
            #expect(vault.secrets.map(\.id) == [draft.id] && vault.draft == nil && vault.work.problem == nil)
            vault.label = "door"
            await vault.generate()
            #expect(vault.secrets.count == 2, "what is known to be kept is not meant by the next one")
        }
    }

    @Test func anotherSecretIsNeverTakenForTheOneThatMayHaveBeenKept() async throws {
        let device = Device()
        let vault = try await device.start().register("ada")
        try await withFile(Data("one".utf8)) { file in
            device.server.failNext(LockKeeperError(.timedOut, mayHaveHappened: true))
            await vault.importFile(file)
            let first = try #require(vault.draft?.id)
            await vault.importFile(file)
            #expect(vault.secrets.map(\.id) == [first], "the same file")
            device.server.failNext(LockKeeperError(.timedOut, mayHaveHappened: true))
            await vault.importFile(file)
            let second = try #require(vault.draft?.id)
            try Data("two".utf8).write(to: file)
            await vault.importFile(file)
            #expect(vault.secrets.count == 2 && !vault.secrets.contains { $0.id == second }, "the same name, and something else in it")
        }
    }

    @Test(arguments: Home.allCases)
    func aSecretThatWasKeptWithoutAnAnswerIsKeptOnce(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        let session = try await device.client().register(name, Password("correct horse"))
        let vault = VaultModel(session, Unlocks(Drawer(), Notebook()))
        // The answer is lost: what the vault knows is that it has asked.
        let draft = VaultModel.Draft(id: session.newSecretID(), label: "door", contents: nil)
        _ = try await session.generate(label: "door", id: draft.id)
        vault.label = "door"
        vault.draft = draft
        await vault.generate()
        #expect(vault.secrets.map(\.id) == [draft.id] && vault.draft == nil)
        await vault.refresh()
        #expect(vault.secrets.map(\.id) == [draft.id])

        vault.draft = draft
        await vault.refresh()
        #expect(vault.draft == nil, "the list says that it is kept")
        vault.label = "door"
        await vault.generate()
        #expect(vault.secrets.count == 2, "so this is another one")
    }

    @Test(arguments: Home.allCases)
    func whatIsDeletedAlreadyIsNoFailureToDelete(home: Home) async throws {
        let (device, name) = (Device(home), Home.newName())
        let vault = try await device.start().register(name)
        await vault.generate()
        let id = try #require(vault.secrets.first?.id)
        let elsewhere = try await Device(home, server: device.server).client().openSession(name, Password("correct horse"))
        try await elsewhere.delete(id)
        await vault.delete(id)
        #expect(vault.work.problem == nil && vault.secrets.isEmpty)
    }

    @Test(arguments: Home.allCases)
    func aFileThatIsEmptyOrTooLargeIsToldAndNothingIsKept(home: Home) async throws {
        let vault = try await Device(home).start().register(Home.newName())
        for size: UInt64 in [0, 32_769, 50_000_000] {
            try await withFile(of: size) { await vault.importFile($0) }
            let problem = try #require(vault.work.problem, "\(size) bytes")
            #expect(problem.text == words(for: .secretTooLarge) && problem.nextStep == .anotherFile)
        }
        #expect(vault.secrets.isEmpty)
        try await withFile(of: 32_768) { await vault.importFile($0) }
        #expect(vault.work.problem == nil && vault.secrets.map(\.length) == [32_768])
    }

    @Test func ofALargeFileNoMoreIsReadThanIsNeededToRefuseIt() async throws {
        try await withFile(of: 50_000_000) { file in
            let read = try await ChosenFile.read(file)
            #expect(read.count == 32_769)
        }
    }

    @Test func aFileThatCannotBeReadIsToldAndNothingIsKept() async throws {
        let vault = try await Device().start().register("ada")
        await vault.importFile(FileManager.default.temporaryDirectory.appending(path: UUID().uuidString))
        #expect(vault.work.problem?.nextStep == .tryAgain && vault.secrets.isEmpty)
        await vault.refresh()
        await vault.fileWasNotGiven()
        #expect(vault.work.problem?.nextStep == .tryAgain)
    }

    @Test(arguments: Home.allCases, [4, 5])
    func secretsOfAllPagesAreShown(home: Home, secrets: Int) async throws {
        let session = try await Device(home).client().register(Home.newName(), Password("correct horse"))
        for _ in 0..<secrets { _ = try await session.generate() }
        let vault = VaultModel(session, Unlocks(Drawer(), Notebook()), page: 2)
        await vault.refresh()
        #expect(vault.secrets.count == secrets && Set(vault.secrets.map(\.id)).count == secrets)
    }

    @Test(arguments: Home.allCases)
    func theLogIsReadWhileTheListStillIs(home: Home) async throws {
        let vault = try await Device(home, server: FakeKeyServer(latency: .milliseconds(100))).start().register(Home.newName())
        async let list: Void = vault.refresh()
        async let log: Void = vault.log.read()
        _ = await (list, log)
        #expect(vault.log.entries?.isEmpty == false && vault.log.work.problem == nil)
    }

    @Test func aLogIsNotCalledUnverifiedForTheFailureOfAnotherCall() async throws {
        let device = Device()
        let vault = try await device.start().register("ada")
        device.server.failNext(LockKeeperError(.offline))
        await vault.refresh()
        #expect(vault.work.problem?.nextStep == .connection && vault.log.work.problem == nil)
    }

    @Test func aLogThatWasChangedIsNotShown() async throws {
        let device = Device()
        let vault = try await device.start().register("ada")
        await vault.log.read()
        #expect(vault.log.entries != nil)
        device.server.tamperWithAudit()
        await vault.log.read()
        #expect(vault.log.entries == nil && vault.log.work.problem?.nextStep == .contact)
    }

    @Test func aSecondTapDoesNothingAndTakesNothingFromTheFields() async throws {
        let vault = try await Device(server: FakeKeyServer(latency: .milliseconds(100))).start().register("ada")
        vault.label = "door"
        async let first: Void = vault.generate()
        try await until { vault.isBusy }
        await vault.generate()
        await first
        #expect(vault.secrets.count == 1)

        let account = vault.accountModel
        async let dropping: Void = account.change(from: "correct horse", to: "battery staple")
        try await until { vault.isBusy }
        account.confirmation = "battery staple"
        await account.deleteAccount()
        #expect(account.confirmation == "battery staple", "it was not used")
        await dropping
        #expect(account.isPasswordChanged)
    }
}
