package io.lockkeeper.demo.android

import androidx.fragment.app.FragmentActivity
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.android.biometric.BiometricException
import io.lockkeeper.android.biometric.BiometricKeystore
import io.lockkeeper.android.biometric.BiometricRefusal
import io.lockkeeper.android.biometric.BiometricWords
import io.lockkeeper.demo.model.GateException
import io.lockkeeper.demo.model.GateRefusal
import io.lockkeeper.demo.model.UnlockGate

/** The fingers and faces that this phone knows. */
internal class BiometricGate private constructor(
    private val keystore: BiometricKeystore,
) : UnlockGate {
    override suspend fun holds(account: String): Boolean = keystore.holds(account)

    override suspend fun keep(
        account: String,
        unlock: DeviceUnlock,
    ): Boolean =
        asking {
            keystore.save(unlock, account)
            true
        } == true

    override suspend fun open(account: String): DeviceUnlock? = asking { keystore.load(account) }

    override suspend fun forget(account: String) {
        keystore.remove(account)
    }

    companion object {
        /** A gate whose prompt is shown over `activity`; null on a phone that sees neither fingers nor faces. */
        fun over(activity: FragmentActivity): BiometricGate? {
            val keystore = BiometricKeystore(activity, BiometricWords(title = "Unlock your secrets", cancel = "Not now"))
            return if (keystore.refusal() == BiometricRefusal.UNAVAILABLE) null else BiometricGate(keystore)
        }
    }
}

/** What `body` gives; null where the person thinks better of it. */
private inline fun <T : Any> asking(body: () -> T?): T? =
    try {
        body()
    } catch (failure: BiometricException) {
        when (failure.refusal) {
            BiometricRefusal.CANCELLED -> null
            BiometricRefusal.LOCKED_OUT -> throw GateException(GateRefusal.LOCKED_OUT)
            BiometricRefusal.LOCKED_OUT_UNTIL_UNLOCKED -> throw GateException(GateRefusal.LOCKED_OUT_UNTIL_UNLOCKED)
            BiometricRefusal.NOT_ENROLLED -> throw GateException(GateRefusal.NOT_ENROLLED)
            BiometricRefusal.UNAVAILABLE -> throw GateException(GateRefusal.UNAVAILABLE)
        }
    }
