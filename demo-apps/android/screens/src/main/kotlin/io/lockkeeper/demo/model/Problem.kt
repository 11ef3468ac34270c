package io.lockkeeper.demo.model

import io.lockkeeper.Advice
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
    /** What a call has failed with. */
    constructor(failure: LockKeeperException) : this(
        text = wordsFor(failure.code) ?: wordsFor(failure.advice),
        nextStep = stepAfter(failure),
        forSupport = failure.requestId ?: failure.code.name.takeIf { failure.advice in listOf(Advice.CONTACT_SUPPORT, Advice.BUG) },
    )

    /** What a gate has refused with. */
    constructor(refusal: GateRefusal) : this(text = wordsFor(refusal), nextStep = stepAfter(refusal))
}

/**
 * What the person can do after something went wrong.
 *
 * @property words that, in words
 */
sealed class NextStep(
    val words: String,
) {
    /** Change what was typed. */
    data object Change : NextStep("Change what you typed.")

    /** Type the password. */
    data object TypePassword : NextStep("Type your password.")

    /**
     * Wait, then try again.
     *
     * @property seconds how long, rounded up
     */
    data class Wait(
        val seconds: Long,
    ) : NextStep("Try again in ${readable(seconds)}.")

    /** Try again. */
    data object TryAgain : NextStep("Try again.")

    /** Take another picture. */
    data object AnotherPicture : NextStep("Take the picture again, from nearer by.")

    /** Unlock the device, then try again. */
    data object UnlockDevice : NextStep("Unlock the device, then try again.")

    /** Look at the connection. */
    data object Connection : NextStep("Look at your connection in Settings, then try again.")

    /** Look at date and time. */
    data object Clock : NextStep("Look at date and time in Settings, then try again.")

    /** Update the app. */
    data object Update : NextStep("Update the app.")

    /** Stop, and ask the provider. */
    data object Contact : NextStep("Stop here, and ask the provider of the app.")
}

private val UNKNOWN_WAIT = 30.seconds

private fun stepAfter(failure: LockKeeperException): NextStep =
    when (failure.advice) {
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

private const val MINUTE = 60L
private const val HOUR = 60 * MINUTE

/** A time that is enough, in the largest unit of which there are at least two. */
private fun readable(seconds: Long): String =
    when {
        seconds >= 2 * HOUR -> "${(seconds + HOUR - 1) / HOUR} hours"
        seconds >= 2 * MINUTE -> "${(seconds + MINUTE - 1) / MINUTE} minutes"
        seconds == 1L -> "1 second"
        else -> "$seconds seconds"
    }

/** Seconds that are enough. */
private fun roundedUp(duration: Duration): Long = (duration + 1.seconds).inWholeSeconds
