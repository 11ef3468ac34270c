package io.lockkeeper.android.biometric

import androidx.fragment.app.FragmentActivity
import io.lockkeeper.Advice
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Session

/** What README.md shows. */
class UnlockByFinger(
    private val client: LockKeeperClient,
    activity: FragmentActivity,
) {
    private val gate = BiometricKeystore(activity, BiometricWords(title = "Unlock your secrets", cancel = "Not now"))

    /** Once, when the person has typed the password. */
    suspend fun setUp(session: Session) {
        session.deviceUnlock().use { gate.save(it, session.account) }
    }

    /** Null where the person has to type the password. */
    suspend fun unlock(account: String): Session? =
        try {
            gate.load(account)?.use { client.openSession(it) }
        } catch (failure: BiometricException) {
            // Thought better of it, locked out, nothing to ask for: failure.refusal says which.
            null
        } catch (failure: LockKeeperException) {
            if (failure.advice != Advice.ASK_PASSWORD) throw failure
            // Another finger was added, or the password was changed: what was kept is of no use any more.
            gate.remove(account)
            null
        }
}
