package io.lockkeeper.demo.model

import io.lockkeeper.Advice
import io.lockkeeper.AuditEntry
import io.lockkeeper.AuditKind
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Outcome
import org.junit.Test
import java.lang.reflect.Modifier
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** What the app says of failures, and of passwords. */
class ProblemTest {
    private val codes =
        Code::class.java.fields
            .filter { Modifier.isStatic(it.modifiers) && it.type == Code::class.java }
            .map { it.get(null) as Code }

    @Test
    fun everyCodeHasTheAppsWordsAndANextStep() {
        assertTrue(codes.size > 40, "${codes.size}")
        for (code in codes) {
            val failure = LockKeeperException(code)
            val problem = Problem(failure)
            assertEquals(wordsFor(code), problem.text, "$code has no words of its own")
            assertFalse(problem.text == failure.message, "$code: these are the library's words")
            assertTrue(problem.text.endsWith(".") || problem.text.endsWith("?"), problem.text)
            assertFalse(problem.text.contains("null") || problem.nextStep.words.contains("null"), problem.text)
        }
    }

    @Test
    fun whoHasTypedNothingIsNotToldToChangeIt() {
        val steps = codes.associateWith { Problem(LockKeeperException(it)).nextStep }
        val typed =
            listOf(Code.ACCOUNT_NAME_INVALID, Code.ACCOUNT_NAME_TAKEN, Code.PASSWORD_INVALID, Code.LABEL_TOO_LONG, Code.CONFIG_INVALID)
        assertEquals(typed.toSet(), steps.filterValues { it == NextStep.Change }.keys)
        assertEquals(NextStep.AnotherFile, steps[Code.SECRET_TOO_LARGE])
        assertEquals(NextStep.Show, steps[Code.TOO_LARGE_TO_EXPORT])
        assertEquals(NextStep.MakeRoom, steps[Code.QUOTA_REACHED])
        assertEquals(NextStep.Look, steps[Code.SECRET_DELETED])
        assertEquals(NextStep.SignIn, steps[Code.NOT_TLS])
    }

    @Test
    fun whatMayHaveHappenedIsLookedAtBeforeItIsDoneOnceMore() {
        val unknown = LockKeeperException(Code.TIMED_OUT, mayHaveHappened = true)
        assertEquals(
            Problem("The key server took too long to answer. It is not known whether that worked.", NextStep.Look),
            Problem(unknown, whenUnknown = NextStep.Look),
        )
        assertEquals(NextStep.TryAgain, Problem(unknown).nextStep)
        assertEquals(NextStep.TryAgain, Problem(LockKeeperException(Code.TIMED_OUT), whenUnknown = NextStep.Look).nextStep)
        val tampered = LockKeeperException(Code.DATA_TAMPERED, mayHaveHappened = true)
        assertEquals(NextStep.Contact, Problem(tampered, whenUnknown = NextStep.Look).nextStep)
    }

    @Test
    fun nothingPromisesThatAPasswordCouldBeReset() {
        val said = codes.map { Problem(LockKeeperException(it)).text } + PasswordHint.entries.map { it.words }
        val promises = said.filter { "reset" in it.lowercase() && "nobody can reset" !in it.lowercase() }
        assertEquals(emptyList(), promises)
    }

    @Test
    fun everyAdviceHasWordsForCodesOfLaterReleases() {
        for (advice in Advice.entries) {
            val problem = Problem(LockKeeperException(Code("of_the_future"), advice))
            assertEquals(wordsFor(advice), problem.text)
        }
    }

    @Test
    fun aWaitIsToldInSecondsThatAreEnough() {
        val failure = LockKeeperException(Code.TOO_MANY_ATTEMPTS, retryAfterMillis = 29_500)
        assertEquals(NextStep.Wait(30), Problem(failure).nextStep)
    }

    @Test
    fun whatSupportCanMendHasACodeToTell() {
        assertEquals("server_untrusted", Problem(LockKeeperException(Code.SERVER_UNTRUSTED)).forSupport)
        assertEquals("7f", Problem(LockKeeperException(Code.INTERNAL, requestId = "7f")).forSupport)
    }

    @Test
    fun anEntryOfTheLogIsToldInTheAppsOwnWords() {
        val made = AuditEntry(4, 0, AuditKind.SECRET, "generate", null, Outcome.SUCCEEDED, 1, null)
        assertEquals("Secret generated: door", wordsFor(made, "door"))
        val guess = AuditEntry(5, 0, AuditKind.LOGIN, "login", null, Outcome.NEVER_FINISHED, 3, false)
        assertEquals("Login from a new device, never finished, 3 times", wordsFor(guess, null))
        val unknown = AuditEntry(6, 0, AuditKind.SECRET, "signed_for_it", null, Outcome.REFUSED, 1, null)
        assertEquals("Signed for it, refused", wordsFor(unknown, null))
    }

    @Test
    fun passwordsThatAreEasyToGuessAreCalledSo() {
        assertEquals(PasswordHint.EMPTY, PasswordHint.of(""))
        assertEquals(PasswordHint.WEAK, PasswordHint.of("aaaaaaaaaaaaaaaaaaaa"))
        assertEquals(PasswordHint.FAIR, PasswordHint.of("correct horse"))
        assertEquals(PasswordHint.GOOD, PasswordHint.of("correct horse battery"))
    }
}
