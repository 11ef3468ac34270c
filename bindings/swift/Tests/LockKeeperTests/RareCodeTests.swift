import Foundation
import LockKeeper
import Testing

/// Codes that need a cut line or a poor device.
@Suite struct RareCodes {
    @Test func aChangeOfThePasswordWhoseAnswerIsLostOnALineThatStaysCutHasAnOutcomeThatIsNotKnown() async throws {
        let server = try await KeyServer("--requests-per-session", "16")
        let relay = try Relay(before: server)
        let client = LockKeeperClient(try server.config(at: relay.port), store: MemoryStore())
        let name = freshName()
        let session = try await client.register(name, rightPassword, options: patient)
        relay.loseTheAnswer { (try? server.read("SELECT max(generation) > 0 FROM account")) == "1" }
        let newPassword = Password("battery staple")
        let error = try await failure { try await session.changePassword(from: rightPassword, to: newPassword) }
        #expect(error.code == .outcomeUnknown && error.advice == .retry && error.mayHaveHappened)
        _ = try await server.device().openSession(name, newPassword, options: patient)
    }

    #if canImport(Glibc)
        private static let lastWord = "the poor device has opened its session"

        /// Not under the thread sanitizer, which takes address space of its own.
        @Test(.enabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil && PoorDevice.connectJSON == nil))
        func aDeviceWithoutMemoryForStretchingThePasswordSaysSoAndGoesOn() async throws {
            let server = try await KeyServer()
            let said = try await PoorDevice.run("theTestOfThePoorDevice", data: server.data)
            #expect(said.contains("\n\(Self.lastWord)\n"), "\(said)")
        }

        @Test(.enabled(if: PoorDevice.connectJSON != nil)) func theTestOfThePoorDevice() async throws {
            let json = try Data(contentsOf: URL(fileURLWithPath: try #require(PoorDevice.connectJSON)))
            let client = LockKeeperClient(try ServerConfig(connectJSON: json, proxy: .none), store: MemoryStore())
            let name = freshName()
            try await client.register(name, rightPassword, options: patient).lock()

            // The library and its threads are there: from here on only what is large has no place, such as 64 MiB for Argon2id.
            try PoorDevice.leaveItself(40 << 20)
            let error = try await failure { try await client.openSession(name, rightPassword, options: patient) }
            try PoorDevice.leaveItself(nil)
            #expect(error.code == .notEnoughMemory && error.advice == .retry)
            try await client.openSession(name, rightPassword, options: patient).lock()
            print("\n\(Self.lastWord)")
        }
    #endif
}
