package io.lockkeeper.android.biometric

import androidx.biometric.BiometricManager
import androidx.biometric.BiometricManager.Authenticators.BIOMETRIC_STRONG
import androidx.biometric.BiometricPrompt
import androidx.core.content.ContextCompat
import androidx.fragment.app.FragmentActivity
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleEventObserver
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import javax.crypto.Cipher
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Asks the person for a finger or a face. */
internal interface Prompt {
    /** Why nobody can be asked now; null where somebody can. */
    fun refusal(): BiometricRefusal?

    /**
     * Comes back once the Keystore lets `cipher` be used.
     *
     * @throws BiometricException where the person is not let through
     */
    suspend fun confirm(cipher: Cipher)
}

/** Over an activity. It has not run on a phone. */
internal class ActivityPrompt(
    private val activity: FragmentActivity,
    private val words: BiometricWords,
) : Prompt {
    override fun refusal(): BiometricRefusal? =
        when (val answer = BiometricManager.from(activity).canAuthenticate(BIOMETRIC_STRONG)) {
            // Older phones do not say; the prompt will.
            BiometricManager.BIOMETRIC_SUCCESS, BiometricManager.BIOMETRIC_STATUS_UNKNOWN -> null

            // From here on its numbers are the prompt's.
            else -> refusalOf(answer)
        }

    override suspend fun confirm(cipher: Cipher) {
        suspendCancellableCoroutine { waiting -> ContextCompat.getMainExecutor(activity).execute { show(cipher, waiting) } }
    }

    private fun show(
        cipher: Cipher,
        waiting: CancellableContinuation<Unit>,
    ) {
        val answer = Answer(waiting)
        // Over an activity that is not to be seen the prompt does nothing, and says nothing either.
        if (activity.supportFragmentManager.run { isStateSaved || isDestroyed }) return answer.refuse(BiometricRefusal.CANCELLED)
        if (!waiting.isActive) return

        val main = ContextCompat.getMainExecutor(activity)
        val prompt = BiometricPrompt(activity, main, answer)
        // A prompt that outlives its activity answers to the next one.
        val gone = LifecycleEventObserver { _, event -> if (event == Lifecycle.Event.ON_DESTROY) answer.refuse(BiometricRefusal.CANCELLED) }
        activity.lifecycle.addObserver(gone)
        answer.whenOver = { activity.lifecycle.removeObserver(gone) }
        waiting.invokeOnCancellation {
            main.execute {
                prompt.cancelAuthentication()
                answer.whenOver()
            }
        }
        val said =
            BiometricPrompt.PromptInfo
                .Builder()
                .setTitle(words.title)
                .setSubtitle(words.subtitle)
                .setNegativeButtonText(words.cancel)
                .setAllowedAuthenticators(BIOMETRIC_STRONG)
                .build()
        prompt.authenticate(said, BiometricPrompt.CryptoObject(cipher))
    }
}

/** What the prompt says at last, on the main thread. A finger that is not known is no answer: the prompt asks again. */
private class Answer(
    private val waiting: CancellableContinuation<Unit>,
) : BiometricPrompt.AuthenticationCallback() {
    /** Is called when nothing more is to be said. */
    var whenOver: () -> Unit = {}

    override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
        whenOver()
        if (waiting.isActive) waiting.resume(Unit)
    }

    override fun onAuthenticationError(
        errorCode: Int,
        errString: CharSequence,
    ) {
        refuse(refusalOf(errorCode))
    }

    fun refuse(refusal: BiometricRefusal) {
        whenOver()
        if (waiting.isActive) waiting.resumeWithException(BiometricException(refusal))
    }
}

/** An error of AndroidX, in our words. */
internal fun refusalOf(error: Int): BiometricRefusal =
    when (error) {
        BiometricPrompt.ERROR_USER_CANCELED,
        BiometricPrompt.ERROR_NEGATIVE_BUTTON,
        BiometricPrompt.ERROR_CANCELED,
        BiometricPrompt.ERROR_TIMEOUT,
        -> BiometricRefusal.CANCELLED

        BiometricPrompt.ERROR_LOCKOUT -> BiometricRefusal.LOCKED_OUT

        BiometricPrompt.ERROR_LOCKOUT_PERMANENT -> BiometricRefusal.LOCKED_OUT_UNTIL_UNLOCKED

        BiometricPrompt.ERROR_NO_BIOMETRICS, BiometricPrompt.ERROR_NO_DEVICE_CREDENTIAL -> BiometricRefusal.NOT_ENROLLED

        else -> BiometricRefusal.UNAVAILABLE
    }
