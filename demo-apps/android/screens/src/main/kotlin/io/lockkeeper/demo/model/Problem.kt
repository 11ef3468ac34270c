package io.lockkeeper.demo.model

import io.lockkeeper.Advice
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * What went wrong, in the words of this app, and what the person can do now.
 *
 * @property text one or two sentences
 * @property nextStep what the person can do
 * @property forSupport what support wants to hear; null where there is nothing to tell
 */
data class Problem(
    val text: String,
    val nextStep: NextStep,
    val forSupport: String? = null,
) {
    /**
     * What a call has failed with.
     *
     * @param whenUnknown what the person can do where it may have happened after all; null where it does no harm to do it once more
     */
    constructor(failure: LockKeeperException, whenUnknown: NextStep? = null) : this(
        text = textAfter(failure, whenUnknown),
        nextStep = whenUnknown?.takeIf { isUnknown(failure) } ?: stepAfter(failure),
        forSupport = failure.requestId ?: failure.code.name.takeIf { failure.advice in listOf(Advice.CONTACT_SUPPORT, Advice.BUG) },
    )

    /** What a gate has refused with. */
    constructor(refusal: GateRefusal) : this(text = wordsFor(refusal), nextStep = stepAfter(refusal))
}

private val UNKNOWN_WAIT = 30.seconds

/** It may have happened, and the same call once more is what the library advises. */
private fun isUnknown(failure: LockKeeperException): Boolean =
    (failure.mayHaveHappened || failure.code == Code.OUTCOME_UNKNOWN) && stepAfter(failure).isOnceMore

private fun textAfter(
    failure: LockKeeperException,
    whenUnknown: NextStep?,
): String {
    val text = wordsFor(failure.code) ?: wordsFor(failure.advice)
    val isTold = failure.code == Code.OUTCOME_UNKNOWN || whenUnknown == null || !isUnknown(failure)
    return if (isTold) text else "$text ${wordsFor(Code.OUTCOME_UNKNOWN)}"
}

/** What the advice says is too little where nothing was typed, or where the person has to do something else first. */
private val BY_CODE: Map<Code, NextStep> =
    mapOf(
        Code.SECRET_TOO_LARGE to NextStep.AnotherFile,
        Code.TOO_LARGE_TO_EXPORT to NextStep.Show,
        Code.SECRET_NOT_FOUND to NextStep.Look,
        Code.SECRET_DELETED to NextStep.Look,
        Code.SECRET_ID_TAKEN to NextStep.Look,
        Code.QUOTA_REACHED to NextStep.MakeRoom,
        Code.TICKET_REFUSED to NextStep.Contact,
        Code.NOT_TLS to NextStep.SignIn,
    )

private fun stepAfter(failure: LockKeeperException): NextStep =
    BY_CODE[failure.code] ?: when (failure.advice) {
        Advice.FIX_INPUT -> NextStep.Change
        Advice.ASK_PASSWORD -> NextStep.TypePassword
        Advice.WAIT -> NextStep.Wait(roundedUp(failure.retryAfter ?: UNKNOWN_WAIT))
        Advice.RETRY -> NextStep.TryAgain
        Advice.UNLOCK_DEVICE -> NextStep.UnlockDevice
        Advice.CHECK_NETWORK -> NextStep.Connection
        Advice.CHECK_CLOCK -> NextStep.Clock
        Advice.UPDATE_APP -> NextStep.Update
        Advice.CONTACT_SUPPORT, Advice.BUG -> NextStep.Contact
    }

private fun wordsFor(refusal: GateRefusal): String =
    when (refusal) {
        GateRefusal.LOCKED_OUT -> "Too many fingers or faces were not known. Your password still works."
        GateRefusal.LOCKED_OUT_UNTIL_UNLOCKED -> "Too many fingers or faces were not known. The device wants its PIN or password first."
        GateRefusal.NOT_ENROLLED -> "This device knows no finger or face yet. Add one in its settings."
        GateRefusal.UNAVAILABLE -> "This device cannot see fingers or faces now. Your password still works."
    }

private fun stepAfter(refusal: GateRefusal): NextStep =
    when (refusal) {
        GateRefusal.LOCKED_OUT -> NextStep.Wait(UNKNOWN_WAIT.inWholeSeconds)
        GateRefusal.LOCKED_OUT_UNTIL_UNLOCKED -> NextStep.UnlockDevice
        GateRefusal.NOT_ENROLLED, GateRefusal.UNAVAILABLE -> NextStep.TryAgain
    }

/** Seconds that are enough. */
private fun roundedUp(duration: Duration): Long = (duration + 1.seconds).inWholeSeconds
