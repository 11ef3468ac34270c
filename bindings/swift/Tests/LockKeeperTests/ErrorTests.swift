import Foundation
import Testing
internal import LockKeeperBindings

@testable import LockKeeper

@Suite struct Errors {
    @Test func theCodesOfThePackageAreThoseOfTheCore() {
        let core = ffiErrorCodes()
        #expect(LockKeeperError.Code.known.map(\.rawValue) == core.map(\.code))
        for row in core {
            let error = LockKeeperError(LockKeeperError.Code(rawValue: row.code))
            #expect(error.advice == Advice(row.advice))
            #expect(error.errorDescription == row.sentence)
        }
    }

    @Test func everyAdviceHasAnEnglishSentence() {
        let sentences = Advice.allCases.map(\.sentence)
        #expect(Set(sentences).count == Advice.allCases.count)
        #expect(sentences.allSatisfy { $0.hasSuffix(".") })
    }

    @Test func anErrorOfTheCoreArrivesWhole() {
        let error = LockKeeperError(
            FfiError.Failed(
                code: "too_many_attempts", advice: .wait, sentence: "There were too many attempts to log in.",
                retryAfterMillis: 1500, mayHaveHappened: true, requestId: "7f3a-01", detail: "a limit"))
        let expected = LockKeeperError(
            .tooManyAttempts, retryAfter: .milliseconds(1500), mayHaveHappened: true, requestID: "7f3a-01",
            detail: "a limit")
        #expect(error == expected)
        #expect(error.localizedDescription == "There were too many attempts to log in.")
        #expect(error.recoverySuggestion == "Wait a while, then try again.")
        #expect(error.failureReason == "a limit")
        #expect("\(error)" == "too_many_attempts, a limit, retry after 1.5 seconds, may have happened, request 7f3a-01")
    }

    @Test func aCodeThatThisReleaseDoesNotKnowIsKeptAndAskedToBeReported() {
        let error = LockKeeperError(LockKeeperError.Code(rawValue: "of_the_future"))
        #expect(error.code.rawValue == "of_the_future")
        #expect(error.advice == .bug)
    }

    @Test func aPanicOfTheCoreIsADefectAndItsTextIsDropped() throws {
        struct Panic: Error { let text = "hunter2" }
        #expect(throws: LockKeeperError(.internal)) { try throwingOurs { throw Panic() } }
    }
}
