import Foundation
import LockKeeper
import Testing

@testable import DemoModels

/// What the app says of failures, and of passwords.
@MainActor @Suite struct Problems {
    @Test func eachAdviceHasANextStepAndTheAppsOwnWordsComeFirst() {
        let advices = LockKeeper.Advice.allCases
        #expect(advices.count == 10)
        let taken = Problem(LockKeeperError(.accountNameTaken))
        #expect(taken.text.contains("unlock instead") && taken.nextStep == .change)
        let wait = Problem(LockKeeperError(.tooManyAttempts, retryAfter: .seconds(29)))
        #expect(wait.nextStep == .wait(seconds: 30))
        let unknown = Problem(LockKeeperError(LockKeeperError.Code(rawValue: "of_the_future"), requestID: "7f"))
        #expect(unknown.nextStep == .contact && unknown.forSupport == "7f" && !unknown.text.isEmpty)
    }

    @Test func aClockThatIsWrongANetworkWithASignInPageAndNoNetworkHaveStepsOfTheirOwn() {
        let steps = [.certificateNotValidNow, .notTLS, .offline].map { code in Problem(LockKeeperError(code)).nextStep }
        #expect(steps == [.clock, .signIn, .connection])
        #expect(NextStep.wait(seconds: 51_000).text == "Try again in 15 hours.")
    }

    @Test func whereTheAdviceSaysTooLittleTheCodeHasAStepOfItsOwn() {
        let steps = [.secretTooLarge, .tooLargeToExport, .quotaReached, .secretDeleted].map { code in
            Problem(LockKeeperError(code)).nextStep
        }
        #expect(steps == [.anotherFile, .show, .makeRoom, .look])
    }

    @Test func whatMayHaveHappenedIsLookedForAndNotDoneTwice() {
        for code in [LockKeeperError.Code.timedOut, .offline, .serverBusy, .proxyRefused, .outcomeUnknown] {
            let problem = Problem(LockKeeperError(code, mayHaveHappened: true), whenUnknown: .unlockAgain)
            #expect(problem.nextStep == .unlockAgain && problem.text.contains("It is not known whether that worked."), "\(code)")
        }
        let sure = Problem(LockKeeperError(.timedOut), whenUnknown: .look)
        #expect(sure.nextStep == .tryAgain && !sure.text.contains("not known"))
        let login = Problem(LockKeeperError(.timedOut, mayHaveHappened: true))
        #expect(login.nextStep == .tryAgain, "at the door the same thing may be done twice")
        let defect = Problem(LockKeeperError(.serverFailed, mayHaveHappened: true), whenUnknown: .look)
        #expect(defect.nextStep == .contact && defect.forSupport == "server_failed")
    }

    @Test func aWaitCountsDownAndEnds() {
        let now = Date()
        let wait = Problem(LockKeeperError(.tooManyAttempts, retryAfter: .seconds(29)), at: now)
        #expect(wait.step(at: now) == "Try again in 30 seconds.")
        #expect(wait.step(at: now + 29) == "Try again in 1 second.")
        #expect(wait.step(at: now + 30) == "Try again.")
        #expect(wait.step(at: now - 5) == "Try again in 30 seconds.", "a clock that was set back makes nothing longer")
        #expect(Problem(LockKeeperError(.offline), at: now).step(at: now + 30) == NextStep.connection.text)
    }

    @Test func whatAnErrorIsAboutIsShown() {
        #expect(Problem(LockKeeperError(.configInvalid, detail: "server_public_keys")).detail == "server_public_keys")
        #expect(Problem(LockKeeperError(.offline)).detail == nil)
    }

    @Test func everyCodeHasTheAppsOwnWordsAndNoneIsMissing() throws {
        let errors = URL(filePath: #filePath).appending(path: "../../../../../docs/errors.md").standardized
        let rows = try String(contentsOf: errors, encoding: .utf8).matches(of: /(?m)^\| `([a-z_]+)` \| `([a-z_]+)` \|/)
        #expect(rows.count > 40)
        let wordless = rows.map { String($0.1) }.filter { words(for: LockKeeperError.Code(rawValue: $0)) == nil }
        // Nobody is told of a call that they have cancelled themselves.
        #expect(wordless == ["cancelled"])
    }

    @Test func anEntryOfTheLogIsToldInTheAppsOwnWords() {
        #expect(line("login", fromKnownDevice: false, .neverFinished, 3) == "Login from a new device, never finished, 3 times")
        #expect(line("signed_for_it", fromKnownDevice: nil, .refused, 1) == "Signed for it, refused")
    }

    @Test func passwordsThatAreEasyToGuessAreCalledSo() {
        #expect(PasswordHint("") == .empty)
        #expect(PasswordHint("aaaaaaaaaaaaaaaaaaaa") == .weak)
        #expect(PasswordHint("correct horse") == .fair)
        #expect(PasswordHint("correct horse battery") == .good)
    }
}
