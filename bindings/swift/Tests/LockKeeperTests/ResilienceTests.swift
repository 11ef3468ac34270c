import Foundation
import LockKeeper
import Testing

/// Servers that die, and people who change their mind.
@Suite struct Resilience {
    @Test(arguments: Engine.allUnderTest)
    func aServerKilledAndRestartedInTheMiddleOfAStoreKeepsEachSecretOnce(engine: Engine) async throws {
        let server = try await engine.server()
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        var ids: Set<SecretID> = []
        for round in 0..<6 {
            let id = session.newSecretID()
            async let stored: Void = storeUntilKnown(session, id)
            // Each round hits another moment of the call.
            try await Task.sleep(for: .milliseconds(round * 12))
            server.process.kill()
            try await server.restart()
            try await stored
            ids.insert(id)
        }
        let listed = try await session.list()
        #expect(listed.count == ids.count)
        #expect(Set(listed.map(\.id)) == ids)
        let log = try await entries(session.audit(AuditFilter(kind: .secret)))
        #expect(log.filter { $0.action == "import" && $0.outcome == .succeeded }.count == ids.count)
    }

    @Test func aStoreThatWasSentWhenItsTaskWasCancelledSaysSoAndIsNotLost() async throws {
        let server = try await KeyServer("--requests-per-session", "64")
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        var pause = Duration.milliseconds(100)
        while true {
            // The session of the protocol that is open now takes the next request in one exchange.
            let before = try await session.list()
            let id = session.newSecretID()
            try server.process.freeze()
            let storing = Task { try await session.importSecret(SecretBytes([1, 2, 3]), label: "door", id: id) }
            try await Task.sleep(for: pause)
            let cancelled = ContinuousClock.now
            storing.cancel()
            let ended = await storing.result
            #expect(cancelled.duration(to: .now) < .seconds(60), "the server answers nobody, and the wait has ended")
            server.process.thaw()
            switch ended {
            case .failure(let error as LockKeeperError):
                #expect(error.code == .cancelled && error.mayHaveHappened)
                _ = try await session.importSecret(SecretBytes([1, 2, 3]), label: "door", id: id)
                #expect(try await session.list().map(\.id) == [id])
                let log = try await entries(session.audit(AuditFilter(secrets: [id])))
                #expect(log.filter { $0.action == "import" && $0.outcome == .succeeded }.count == 1)
                return
            case .failure(is CancellationError):
                // It had not been sent yet, on a machine this busy: so nothing has happened, and it goes again, with more patience.
                #expect(try await session.list() == before)
                pause = pause * 2
            default: throw Trouble("a frozen server has answered")
            }
        }
    }

    @Test(arguments: [Phase.connecting, .stretching, .proving])
    func aRegistrationCancelledInAPhaseIsCompletedByTheSameCall(phase: Phase) async throws {
        let name = freshName()
        let client = try await LockKeeperClient.device()
        let ended = await cancelling(at: phase) { progress in
            _ = try await client.register(name, rightPassword, options: patient, progress: progress)
        }
        expectCancelled(ended)
        let session = try await client.register(name, rightPassword, options: patient)
        _ = try await session.generate()
    }

    @Test(arguments: [Phase.connecting, .stretching, .proving])
    func aLoginCancelledInAPhaseHasNotHappenedAndCanBeMadeAgain(phase: Phase) async throws {
        let name = freshName()
        let client = try await LockKeeperClient.device()
        _ = try await client.register(name, rightPassword, options: patient)
        let ended = await cancelling(at: phase) { progress in
            _ = try await client.openSession(name, rightPassword, options: patient, progress: progress)
        }
        expectCancelled(ended)
        _ = try await client.openSession(name, rightPassword, options: patient)
    }

    @Test(arguments: [Phase.sending, .stretching])
    func aChangeOfThePasswordCancelledInAPhaseLeavesOnePasswordThatOpens(phase: Phase) async throws {
        let server = try await KeyServer("--requests-per-session", "16")
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        let newPassword = Password("battery staple")
        let ended = await cancelling(at: phase) { progress in
            try await session.changePassword(from: rightPassword, to: newPassword, progress: progress)
        }
        expectCancelled(ended)
        // What was on its way is finished before the next call.
        _ = try await session.list()
        var opening: [String] = []
        for (name, password) in [("the old one", rightPassword), ("the new one", newPassword)] {
            do {
                try await server.device().openSession(session.account, password, options: patient).lock()
                opening.append(name)
            } catch let error as LockKeeperError where error.code == .wrongNameOrPassword {}
        }
        #expect(opening.count == 1)
        if case .failure(is CancellationError) = ended { #expect(opening == ["the old one"]) }
    }

    @Test func aCallThatStandsInLineEndsAtOnceAndHasNotHappened() async throws {
        let server = try await KeyServer()
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        try server.process.freeze()
        let first = Task { try await session.list() }
        let waiting = (0..<8).map { _ in Task { try await session.generate() } }
        try await Task.sleep(for: .milliseconds(200))
        waiting.forEach { $0.cancel() }
        for task in waiting {
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        server.process.thaw()
        #expect(try await first.value.isEmpty)
        #expect(try await session.list().isEmpty)
    }

    @Test func aTaskThatWasCancelledBeforeDoesNotBegin() async throws {
        let session = try await LockKeeperClient.device().register(freshName(), rightPassword, options: patient)
        let task = Task {
            try? await Task.sleep(for: .seconds(3600))
            return try await session.generate()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await session.list().isEmpty)
    }

    /// Stores a secret of one byte, as an app does that has kept its id: again, until it is known that it is there.
    private func storeUntilKnown(_ session: Session, _ id: SecretID) async throws {
        while true {
            do {
                _ = try await session.importSecret(SecretBytes([7]), id: id)
                return
            } catch let error as LockKeeperError where [.retry, .wait, .checkNetwork].contains(error.advice) {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Runs a call in a task that is cancelled when the call has reached a phase, and answers how it ended.
    private func cancelling(
        at phase: Phase, _ call: @escaping @Sendable (@escaping ProgressHandler) async throws -> Void
    ) async -> Result<Void, any Error> {
        let (reached, reach) = AsyncStream<Void>.makeStream()
        let task = Task {
            defer { reach.finish() }
            try await call { if $0 == phase { reach.finish() } }
        }
        for await _ in reached {}
        task.cancel()
        return await task.result
    }

    private func expectCancelled(_ ended: Result<Void, any Error>, sourceLocation: SourceLocation = #_sourceLocation) {
        switch ended {
        case .failure(is CancellationError): break
        case .failure(let error as LockKeeperError):
            #expect(error.code == .cancelled && error.mayHaveHappened, sourceLocation: sourceLocation)
        // The call was quicker than the cancel.
        case .success: break
        case .failure(let error): Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}
