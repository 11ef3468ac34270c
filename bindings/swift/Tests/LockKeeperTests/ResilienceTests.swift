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
            storing.cancel()
            // The server answers nobody. A wait that a cancel does not end lasts until the deadline, and ends with another code.
            let ended = await storing.result
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
        let ended = try await cancelling(at: phase) { progress in
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
        let ended = try await cancelling(at: phase) { progress in
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
        let ended = try await cancelling(at: phase) { progress in
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

    /// Runs a call in a task, holds the core still where it has reached a phase, cancels the task, and answers how it ended. The core is
    /// let go only then: so it was the cancel that ended the wait, and ended it at once.
    private func cancelling(
        at phase: Phase, _ call: @escaping @Sendable (@escaping ProgressHandler) async throws -> Void
    ) async throws -> Result<Void, any Error> {
        let (reached, reach) = AsyncStream<Void>.makeStream()
        let letGo = DispatchSemaphore(value: 0)
        let task = Task {
            defer { reach.finish() }
            try await call { now in
                guard now == phase else { return }
                reach.yield()
                // Where the cancel does nothing, the call goes on after a while, and its success is told.
                if letGo.wait(timeout: .now() + .seconds(60)) == .success { letGo.signal() }
            }
        }
        let came: Void? = await reached.first { _ in true }
        try #require(came != nil, "the call ended without this phase")
        task.cancel()
        let ended = await task.result
        letGo.signal()
        return ended
    }

    private func expectCancelled(_ ended: Result<Void, any Error>, sourceLocation: SourceLocation = #_sourceLocation) {
        switch ended {
        case .failure(is CancellationError): break
        case .failure(let error as LockKeeperError):
            #expect(error.code == .cancelled && error.mayHaveHappened, sourceLocation: sourceLocation)
        case .success: Issue.record("the cancel has not ended the call", sourceLocation: sourceLocation)
        case .failure(let error): Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}
