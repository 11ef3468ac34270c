package io.lockkeeper.demo.model

/**
 * What the person can do after something went wrong.
 *
 * @property words that, in words
 * @property isOnceMore it ends with the same thing being done once more
 */
sealed class NextStep(
    val words: String,
    val isOnceMore: Boolean = false,
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
    ) : NextStep("Try again in ${readable(seconds)}.", isOnceMore = true)

    /** Try again. */
    data object TryAgain : NextStep("Try again.", isOnceMore = true)

    /** Read the list anew. */
    data object Look : NextStep("Read the list anew, then decide.")

    /** Lock the app, and see what unlocks it. */
    data object UnlockAgain : NextStep("Lock the app, then unlock it again to see.")

    /** Take another picture. */
    data object AnotherPicture : NextStep("Take a picture of the key server's code, from near by.")

    /** Choose another file. */
    data object AnotherFile : NextStep("Choose another file.")

    /** Show the secret. */
    data object Show : NextStep("Show it instead.")

    /** Delete a secret. */
    data object MakeRoom : NextStep("Delete a secret, then try again.")

    /** Unlock the device, then try again. */
    data object UnlockDevice : NextStep("Unlock the device, then try again.", isOnceMore = true)

    /** Look at the connection. */
    data object Connection : NextStep("Look at your connection in Settings, then try again.", isOnceMore = true)

    /** Open the sign-in page of the network. */
    data object SignIn : NextStep("Open the sign-in page of this network, or use another one.", isOnceMore = true)

    /** Look at date and time. */
    data object Clock : NextStep("Look at date and time in Settings, then try again.", isOnceMore = true)

    /** Update the app. */
    data object Update : NextStep("Update the app.")

    /** Stop, and ask the provider. */
    data object Contact : NextStep("Stop here, and ask the provider of the app.")
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
