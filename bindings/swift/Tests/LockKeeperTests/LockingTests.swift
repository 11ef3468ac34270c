import Foundation
import LockKeeper
import Testing

@Suite struct Locking {
    @Test func aLockedSessionDoesNothingMoreAndSaysWhy() async throws {
        let session = try await register(patient)
        let events = session.lockEvents
        #expect(!session.isLocked && session.lockReason == nil)
        session.lock()
        #expect(session.isLocked && session.lockReason == .requested)
        #expect(await Array(events) == [.requested])
        #expect(await Array(session.lockEvents) == [.requested], "who comes late is told too")
        try await fails(.sessionLocked) { try await session.list() }
        #expect(throws: LockKeeperError.self) { try session.deviceUnlock() }
    }

    @Test func aSessionThatIsNotUsedLocksByItselfAndTellsEveryone() async throws {
        var options = patient
        options.lockAfterIdle = .milliseconds(300)
        let session = try await register(options)
        async let one = Array(session.lockEvents)
        async let other = Array(session.lockEvents)
        #expect(await [one, other] == [[.idle], [.idle]])
    }

    @Test func aPasswordThatWasChangedElsewhereLocksTheSessionsOfOtherDevices() async throws {
        let name = freshName()
        let phone = try await LockKeeperClient.device().register(name, rightPassword, options: patient)
        let tablet = try await LockKeeperClient.device().openSession(name, rightPassword, options: patient)
        try await phone.changePassword(from: rightPassword, to: Password("battery staple"))
        let error = try await failure { try await tablet.list() }
        #expect(error.code == .passwordChanged && error.advice == .askPassword)
        #expect(await Array(tablet.lockEvents) == [.passwordChanged])
        #expect(!phone.isLocked)
    }

    @Test func aSessionThatNobodyHoldsLocks() async throws {
        let events: AsyncStream<LockReason>
        do {
            let session = try await register(patient)
            events = session.lockEvents
        }
        #expect(await Array(events) == [.requested])
    }

    @Test func aStreamThatNobodyReadsAnyMoreIsForgotten() async throws {
        let session = try await register(patient)
        let reader = Task { [events = session.lockEvents] in await Array(events) }
        reader.cancel()
        #expect(await reader.value == [])
        session.lock()
    }

    private func register(_ options: SessionOptions) async throws -> Session {
        try await LockKeeperClient.device().register(freshName(), rightPassword, options: options)
    }
}

/// One after the other: each tells the whole process where it is.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LockingInTheBackground {
    @Test func anAppInTheBackgroundLocksAfterAWhileAndOneThatComesBackInTimeDoesNot() async throws {
        var options = patient
        options.lockInBackgroundAfter = .milliseconds(300)
        let session = try await LockKeeperClient.device().register(freshName(), rightPassword, options: options)
        post("UIApplicationDidEnterBackgroundNotification")
        #expect(await Array(session.lockEvents) == [.background])

        options.lockInBackgroundAfter = .seconds(3600)
        let other = try await LockKeeperClient.device().register(freshName(), rightPassword, options: options)
        post("UIApplicationDidEnterBackgroundNotification")
        post("UIApplicationWillEnterForegroundNotification")
        _ = try await other.list()
        #expect(!other.isLocked)
    }

    @Test func aSessionThatIsOpenedWhenTheAppIsInTheBackgroundAlreadyLocksToo() async throws {
        var options = patient
        options.lockInBackgroundAfter = .milliseconds(300)
        let name = freshName()
        let client = try await LockKeeperClient.device()
        _ = try await client.register(name, rightPassword, options: patient)
        let session = try await client.openSession(name, rightPassword, options: options) { phase in
            if phase == .stretching { post("UIApplicationDidEnterBackgroundNotification") }
        }
        #expect(await Array(session.lockEvents) == [.background])
    }
}

private func post(_ name: String) {
    NotificationCenter.default.post(name: Notification.Name(name), object: nil)
}

extension Array where Element: Sendable {
    /// All that a stream yields until it ends.
    init(_ stream: AsyncStream<Element>) async {
        self = await stream.reduce(into: []) { $0.append($1) }
    }
}
