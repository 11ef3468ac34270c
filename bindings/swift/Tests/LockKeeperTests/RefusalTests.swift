import Foundation
import LockKeeper
import Testing

/// What a caller did wrong, and what the server refuses.
@Suite struct Refusals {
    @Test func aNameOrPasswordThatCannotBeOneIsNamed() async throws {
        let client = try await LockKeeperClient.device()
        try await fails(.accountNameInvalid) { try await client.register("", rightPassword, options: patient) }
        let error = try await failure { try await client.register(freshName(), Password(""), options: patient) }
        #expect(error.code == .passwordInvalid && error.advice == .fixInput)
        #expect(error.detail == "it is empty")
        try await fails(.passwordInvalid) {
            try await client.openSession(freshName(), Password(utf8: [0xff]), options: patient)
        }
        let wiped = rightPassword
        wiped.wipe()
        try await fails(.passwordInvalid) { try await client.openSession(freshName(), wiped, options: patient) }
    }

    @Test func aTakenNameIsNotRegisteredAgain() async throws {
        let name = freshName()
        _ = try await LockKeeperClient.device().register(name, rightPassword, options: patient)
        try await fails(.accountNameTaken) {
            try await LockKeeperClient.device().register(name, Password("another one"), options: patient)
        }
    }

    @Test func aServerThatTakesNoRegistrationsSaysSo() async throws {
        let server = try await KeyServer.serving(settings: ["LOCK_KEEPER_REGISTRATION_ADMISSION": "closed"])
        let error = try await failure {
            try await server.device().register(freshName(), rightPassword, options: patient)
        }
        #expect(error.code == .registrationClosed && error.advice == .contactSupport)
    }

    @Test func aTicketThatNobodyAskedForIsRefused() async throws {
        try await fails(.ticketRefused) {
            try await LockKeeperClient.device().register(
                freshName(), rightPassword, ticket: Data([1]), options: patient)
        }
    }

    @Test func anUnknownNameAndAWrongPasswordAreOneError() async throws {
        let name = freshName()
        let client = try await LockKeeperClient.device()
        _ = try await client.register(name, rightPassword, options: patient)
        for (name, password) in [(name, "wrong"), (freshName(), "correct horse battery staple")] {
            let error = try await failure {
                try await client.openSession(name, Password(password), options: patient)
            }
            #expect(error.code == .wrongNameOrPassword && error.advice == .askPassword)
        }
    }

    @Test func whoHasGuessedTooOftenHearsHowLongToWait() async throws {
        let name = freshName()
        let stranger = try await LockKeeperClient.device()
        for _ in 0..<5 {
            try await fails(.wrongNameOrPassword) {
                try await stranger.openSession(name, Password("a guess"), options: patient)
            }
        }
        let error = try await failure { try await stranger.openSession(name, Password("a guess"), options: patient) }
        #expect(error.code == .tooManyAttempts && error.advice == .wait)
        let wait = try #require(error.retryAfter)
        #expect(wait > .zero && wait <= .seconds(30))
    }

    @Test func eachLimitOfASecretIsNamed() async throws {
        let session = try await LockKeeperClient.device().register(freshName(), rightPassword, options: patient)
        for bytes in [-1, 0, 32_769, .max] {
            try await fails(.secretTooLarge) { try await session.generate(bytes: bytes) }
        }
        try await fails(.secretTooLarge) { try await session.importSecret(SecretBytes([])) }
        try await fails(.labelTooLong) { try await session.generate(label: String(repeating: "a", count: 257)) }
        let large = try await session.generate(bytes: 32_768)
        #expect(large.bytes.count == 32_768)
        try await fails(.tooLargeToExport) { try await session.export(large.info.id) }
    }

    @Test func anIdNamesOneSecretForEver() async throws {
        let session = try await LockKeeperClient.device().register(freshName(), rightPassword, options: patient)
        let id = session.newSecretID()
        try await fails(.secretNotFound) { try await session.retrieve(id) }
        _ = try await session.importSecret(SecretBytes([1]), id: id)
        // The same call again is the same secret; another secret under the id is none.
        _ = try await session.importSecret(SecretBytes([1]), id: id)
        try await fails(.secretIDTaken) { try await session.importSecret(SecretBytes([2]), id: id) }
        try await session.delete(id)
        try await fails(.secretDeleted) { try await session.retrieve(id) }
    }

    @Test func anAccountThatIsFullSaysSo() async throws {
        let server = try await KeyServer.serving(settings: ["LOCK_KEEPER_LIMITS_MAX_SECRETS": "1"])
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        _ = try await session.generate()
        try await fails(.quotaReached) { try await session.generate() }
    }

    @Test func aDeviceUnlockThatIsNoneIsInvalidated() async throws {
        let client = try await LockKeeperClient.device()
        let error = try await failure {
            try await client.openSession(DeviceUnlock(bytes: SecretBytes(repeatElement(7, count: 250))), options: patient)
        }
        #expect(error.code == .deviceUnlockInvalidated && error.advice == .askPassword)
    }
}
