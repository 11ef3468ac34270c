import Foundation
import LockKeeper
import Testing

@Suite struct Operations {
    @Test func whatWasStoredOnOneDeviceIsRetrievedOnAnother() async throws {
        let name = freshName()
        let phone = try await LockKeeperClient.device().register(name, rightPassword, options: patient)
        let made = try await phone.generate(label: "door")
        #expect(made.bytes.count == 32)

        let tablet = try await LockKeeperClient.device().openSession(name, rightPassword, options: patient)
        let found = try await tablet.retrieve(made.info.id, purpose: .localOnly)
        #expect(found == made)
        #expect(found.info.label == "door")
        #expect(found.info.origin == .generated)
    }

    @Test(arguments: Engine.allUnderTest)
    func everyOperationWorksOnEachEngine(engine: Engine) async throws {
        let server = try await engine.server()
        let client = LockKeeperClient(server.config, store: MemoryStore())
        let session = try await client.register(freshName(), rightPassword, options: patient)
        let generated = try await session.generate(bytes: 16, label: "made", id: session.newSecretID())
        let imported = try await session.importSecret(SecretBytes([1, 2, 3]), label: "brought")
        #expect(imported.origin == .imported && imported.length == 3)
        #expect(try await session.retrieve(imported.id).bytes == SecretBytes([1, 2, 3]))

        let exported = try await session.export(imported.id)
        #expect(exported.withUnsafeBytes { Array($0.prefix(4)) } == [3, 1, 2, 3])

        let listed = try await session.list()
        #expect(Set(listed) == [generated.info, imported])
        let first = try await session.list(limit: 1)
        let second = try await session.list(after: first[0].id)
        #expect(first + second == listed)

        try await session.delete(imported.id)
        #expect(try await session.list() == [generated.info])

        let log = try await entries(session.audit(AuditFilter(secrets: [imported.id])))
        #expect(log.map(\.action) == ["delete", "retrieve_for_export", "retrieve", "import"])
        #expect(log.allSatisfy { $0.outcome == .succeeded && $0.kind == .secret && $0.secret == imported.id })

        let newPassword = Password("battery staple")
        let unlock = try session.deviceUnlock()
        try await session.changePassword(from: rightPassword, to: newPassword)
        try await fails(.deviceUnlockStale) { try await client.openSession(unlock, options: patient) }
        try await fails(.wrongNameOrPassword) {
            try await client.openSession(session.account, rightPassword, options: patient)
        }
        let fresh = try session.deviceUnlock()
        let opened = try await client.openSession(fresh, options: patient)
        #expect(try await opened.retrieve(generated.info.id) == generated)

        try await opened.deleteAccount(newPassword)
        #expect(opened.lockReason == .accountDeleted)
        try await client.forget(session.account)
        try await fails(.wrongNameOrPassword) {
            try await client.openSession(session.account, newPassword, options: patient)
        }
    }

    @Test func aLogLongerThanAPageIsReadWholeAndNewestFirst() async throws {
        let server = try await KeyServer("--requests-per-session", "64")
        let client = LockKeeperClient(server.config, store: MemoryStore())
        let session = try await client.register(freshName(), rightPassword, options: patient)
        for _ in 0..<120 { _ = try await session.list(limit: 1) }
        let log = try await entries(session.audit())
        #expect(log.count > 120)
        #expect(log.map(\.id) == (0..<UInt64(log.count)).reversed())
        #expect(try await entries(session.audit(AuditFilter(kind: .account))).last?.action == "complete_registration")
        let beginning = try #require(log.last).at
        #expect(try await entries(session.audit(AuditFilter(before: beginning))).isEmpty)
    }

    @Test func aHundredCallsAtOnceAllSucceedOnOneSession() async throws {
        let server = try await KeyServer("--requests-per-session", "64")
        let client = LockKeeperClient(server.config, store: MemoryStore())
        let session = try await client.register(freshName(), rightPassword, options: patient)
        let ids = try await withThrowingTaskGroup(of: SecretID.self) { group in
            for _ in 0..<100 {
                group.addTask { try await session.generate(bytes: 8).info.id }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 100)
        #expect(Set(try await session.list().map(\.id)) == ids)
    }

    @Test func progressTellsThePhasesOfALogin() async throws {
        let phases = Recorder<Phase>()
        _ = try await LockKeeperClient.device().register(
            freshName(), rightPassword, options: patient, progress: { phases.add($0) })
        #expect(Set(phases.all).isSuperset(of: [.connecting, .stretching, .proving]))
    }

    @Test func theObserverIsToldOfEachOperationAndOfNoNames() async throws {
        let events = Recorder<OperationEvent>()
        let name = freshName()
        let client = LockKeeperClient(
            try await sharedServer.value.config, store: MemoryStore(), observer: Watching(events: events))
        let session = try await client.register(name, rightPassword, options: patient)
        _ = try? await session.retrieve(session.newSecretID())
        #expect(events.all.map(\.operation) == ["register", "retrieve"])
        #expect(events.all.map(\.code) == [nil, .secretNotFound])
        #expect(events.all.allSatisfy { $0.bytes > 0 && $0.attempts >= 1 && $0.took > .zero })
        #expect(!"\(events.all)".contains(name))
    }
}

private struct Watching: Observer {
    let events: Recorder<OperationEvent>

    func ended(_ event: OperationEvent) { events.add(event) }
}

/// Reads a log to its beginning.
func entries(_ log: AuditLog) async throws -> [AuditEntry] {
    try await log.reduce(into: []) { $0.append($1) }
}
