import Foundation
import LockKeeper
import LockKeeperTesting
import Testing

/// The fake key server does what the real one does, as an app sees it.
@Suite struct Fakes {
    @Test(arguments: [true, false])
    func anAppSeesTheSameFromTheFakeAsFromARealServer(isFake: Bool) async throws {
        let fake = FakeKeyServer()
        let device = { isFake ? fake.client() : try await LockKeeperClient.device() }
        let name = freshName()
        let phone = try await device()
        let session = try await phone.register(name, rightPassword, options: patient)
        let made = try await session.generate(label: "door")
        let id = session.newSecretID()
        let brought = try await session.importSecret(SecretBytes([1, 2, 3]), id: id)
        #expect(try await session.importSecret(SecretBytes([1, 2, 3]), id: id).id == brought.id)
        #expect(try await session.list() == [made.info, brought].sorted { $0.id.description < $1.id.description })
        #expect(try await session.export(id).withUnsafeBytes { Array($0.prefix(4)) } == [3, 1, 2, 3])
        let unlock = try session.deviceUnlock()

        let tablet = try await device().openSession(name, rightPassword, options: patient)
        #expect(try await tablet.retrieve(made.info.id, purpose: .localOnly) == made)
        try await session.changePassword(from: rightPassword, to: Password("battery staple"))

        try await fails(.accountNameTaken) { try await device().register(name, rightPassword, options: patient) }
        try await fails(.wrongNameOrPassword) { try await phone.openSession(name, rightPassword, options: patient) }
        try await fails(.deviceUnlockStale) { try await phone.openSession(unlock, options: patient) }
        try await fails(.passwordChanged) { try await tablet.list() }
        try await fails(.secretIDTaken) { try await session.importSecret(SecretBytes([4]), id: id) }
        try await fails(.secretTooLarge) { try await session.generate(bytes: 0) }
        try await fails(.labelTooLong) { try await session.generate(label: String(repeating: "a", count: 257)) }
        try await session.delete(id)
        try await fails(.secretDeleted) { try await session.retrieve(id) }
        try await fails(.secretNotFound) { try await session.retrieve(session.newSecretID()) }

        let log = try await entries(session.audit(AuditFilter(secrets: [made.info.id])))
        #expect(log.map(\.action) == ["retrieve_local_only", "generate"])
        #expect(tablet.lockReason == .passwordChanged)
        try await session.deleteAccount(Password("battery staple"))
        #expect(session.lockReason == .accountDeleted)
        try await fails(.sessionLocked) { try await session.list() }
    }

    @Test func theNextCallFailsAsItWasToldAndTheOneAfterItSucceeds() async throws {
        let server = FakeKeyServer()
        let session = try await server.client().register("ada", rightPassword)
        server.failNext(LockKeeperError(.serverBusy, retryAfter: .seconds(7)))
        let error = try await failure { try await session.generate() }
        #expect(error == LockKeeperError(.serverBusy, retryAfter: .seconds(7)))
        #expect(error.advice == .wait)
        #expect(try await session.list().isEmpty)
    }

    @Test func aLogThatWasTamperedWithIsNotShown() async throws {
        let server = FakeKeyServer()
        let session = try await server.client().register("ada", rightPassword)
        server.tamperWithAudit()
        try await fails(.auditTampered) { try await entries(session.audit()) }
    }

    @Test func aSlowServerCanBeCancelledAndTimesOut() async throws {
        let server = FakeKeyServer(latency: .seconds(3600))
        let client = server.client()
        let registering = Task { try await client.register("ada", rightPassword, options: patient) }
        registering.cancel()
        await #expect(throws: CancellationError.self) { try await registering.value }
        var options = patient
        options.deadline = .milliseconds(10)
        try await fails(.timedOut) { try await client.register("ada", rightPassword, options: options) }
    }

    @Test func aSessionOfTheFakeLocksAsARealOneDoes() async throws {
        var options = patient
        options.lockAfterIdle = .milliseconds(50)
        let session = try await FakeKeyServer().client().register("ada", rightPassword, options: options)
        #expect(await Array(session.lockEvents) == [.idle])
        try await fails(.sessionLocked) { try await session.list() }
    }
}
