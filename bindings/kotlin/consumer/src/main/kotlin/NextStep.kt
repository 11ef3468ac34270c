import io.lockkeeper.Advice
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException

/** What an app says when a call has failed. */
fun nextStep(failure: LockKeeperException): String =
    when (failure.advice) {
        Advice.FIX_INPUT -> "Please change what you entered."
        Advice.ASK_PASSWORD -> "Please enter name and password again."
        Advice.WAIT -> "Please try again in ${failure.retryAfter ?: "a while"}."
        Advice.RETRY -> "Please try again."
        Advice.CHECK_NETWORK -> if (failure.code == Code.NOT_TLS) "Does this network want you to sign in?" else "There is no connection."
        Advice.CHECK_CLOCK -> "Please look at this device's date and time."
        Advice.UNLOCK_DEVICE -> "Please unlock this device first."
        Advice.UPDATE_APP -> "Please update this app."
        Advice.CONTACT_SUPPORT, Advice.BUG -> "Please tell support: ${failure.code}, ${failure.requestId}."
    }
