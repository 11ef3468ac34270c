package io.lockkeeper.android.biometric

import android.content.Context
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import androidx.fragment.app.FragmentActivity
import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.SecretBytes
import io.lockkeeper.android.KeystoreKey
import io.lockkeeper.android.SealedSlot
import io.lockkeeper.android.SlotFiles
import io.lockkeeper.android.isUserUnlocked
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.MessageDigest
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher

/**
 * Keeps device unlocks behind a finger or a face of Class 3, one for each account.
 *
 * The Android Keystore itself lends the key for one use after it has seen a finger or a face that the phone knew when the unlock was
 * saved; that is more than an app that asks for a finger and then goes on. Whoever adds another finger or face, or takes the screen's
 * lock away, makes the key useless for good. What is kept lies encrypted under `noBackupFilesDir`.
 *
 * Calls throw [BiometricException] where the person was not let through, and [LockKeeperException] with [Code.STORE_UNAVAILABLE] where
 * file or key cannot be had now. Cancelling the coroutine takes the prompt away. Nothing of it blocks the caller's thread.
 *
 * Make one for each activity. On Android 7 to 8.1 the prompt is a dialog of AndroidX, and needs a theme that descends from
 * `Theme.AppCompat`.
 */
public class BiometricKeystore internal constructor(
    private val context: Context,
    private val prompt: Prompt,
    private val strongBox: Boolean,
    private val io: CoroutineDispatcher,
) {
    /**
     * The unlocks that this app keeps.
     *
     * @param activity whom the prompt is shown over
     * @param words what the prompt says
     * @param strongBox asks for keys in a StrongBox, which are slower; where there is none they are in the trusted environment
     * @param io where files are read and the Keystore is asked
     */
    @JvmOverloads
    public constructor(
        activity: FragmentActivity,
        words: BiometricWords,
        strongBox: Boolean = false,
        io: CoroutineDispatcher = Dispatchers.IO,
    ) : this(activity.applicationContext, ActivityPrompt(activity, words), strongBox, io)

    private val files = SlotFiles { File(context.noBackupFilesDir, "lock-keeper-biometric") }

    /** A second prompt would take the place of the first, which then never answered. */
    private val oneAtATime = Mutex()

    /** Why nobody could be let through now; null where somebody could. By this an app decides what to offer. Asks nobody. */
    public fun refusal(): BiometricRefusal? = prompt.refusal()

    /** Whether something is kept for the account. Asks nobody. */
    public suspend fun holds(account: String): Boolean = onDisk { files.read(slotOf(account)) != null }

    /**
     * Keeps an unlock for an account, once the person has shown a finger or the face. An earlier one is gone, even where the person
     * then thinks better of it.
     *
     * @param unlock is borrowed: wipe it afterwards
     */
    public suspend fun save(
        unlock: DeviceUnlock,
        account: String,
    ) {
        val bytes = unlock.toBytes()
        try {
            oneAtATime.withLock { save(bytes, slotOf(account)) }
        } finally {
            bytes.wipe()
        }
    }

    /**
     * Gives out the unlock that was kept for the account, once the person has shown a finger or the face.
     *
     * @return null where nothing is kept
     * @throws LockKeeperException with [Code.DEVICE_UNLOCK_INVALIDATED] where it can never be read again, because the fingers or faces
     *   that the phone knows have changed: [remove] it, and ask for the password
     */
    public suspend fun load(account: String): DeviceUnlock? = oneAtATime.withLock { open(slotOf(account)) }

    /** Keeps nothing for the account any more. It is no failure where nothing is kept. */
    public suspend fun remove(account: String) {
        oneAtATime.withLock { onDisk { discard(slotOf(account)) } }
    }

    private suspend fun save(
        bytes: SecretBytes,
        slot: String,
    ) {
        prompt.refusal()?.let { throw BiometricException(it) }
        val cipher =
            onDisk {
                discard(slot)
                SealedSlot.sealing(key(slot).make())
            }
        prompt.confirm(cipher)
        onDisk { files.write(slot, bytes.use { SealedSlot.seal(cipher, slot, it) }) }
    }

    private suspend fun open(slot: String): DeviceUnlock? {
        val sealed = onDisk { files.read(slot) } ?: return null
        val cipher = onDisk { opening(slot, sealed) }
        prompt.confirm(cipher)
        // A caller that is cancelled now gets nothing, though it was read.
        var read: DeviceUnlock? = null
        return try {
            onDisk { unlockOf(SealedSlot.open(cipher, slot, sealed)).also { read = it } }
        } catch (cancelled: CancellationException) {
            read?.wipe()
            throw cancelled
        }
    }

    private fun opening(
        slot: String,
        sealed: ByteArray,
    ): Cipher = key(slot).get()?.let { SealedSlot.opening(it, sealed) } ?: throw LockKeeperException(Code.DEVICE_UNLOCK_INVALIDATED)

    private fun discard(slot: String) {
        files.remove(slot)
        key(slot).remove()
    }

    private fun key(slot: String) = KeystoreKey("io.lockkeeper.device-unlock.$slot", strongBox) { askForThePerson() }

    private suspend fun <T> onDisk(block: () -> T): T =
        withContext(io) {
            if (!context.isUserUnlocked()) throw LockKeeperException(Code.STORE_UNAVAILABLE)
            try {
                block()
            } catch (failure: IOException) {
                throw LockKeeperException(Code.STORE_UNAVAILABLE, detail = "the storage failed", cause = failure)
            } catch (failure: GeneralSecurityException) {
                throw LockKeeperException(codeOf(failure), cause = failure)
            } catch (failure: ProviderException) {
                // The Keystore's own process does not answer, which happens for a while on some phones.
                throw LockKeeperException(Code.STORE_UNAVAILABLE, cause = failure)
            }
        }
}

/** Each use takes a finger or a face of Class 3, among those that the phone knows now. */
private fun KeyGenParameterSpec.Builder.askForThePerson() {
    setUserAuthenticationRequired(true)
    setInvalidatedByBiometricEnrollment(true)
    // Before Android 11 a key that asks for each use can only ask for this.
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
    // Before Android 15 a phone that was unlocked by a weaker face, or by a watch, refuses such a key until the PIN is typed.
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.VANILLA_ICE_CREAM) setUnlockedDeviceRequired(true)
}

/** By the Keystore's own words. From Android 12 on it calls a key that is of no use any more unrecoverable already when it is fetched. */
private fun codeOf(failure: GeneralSecurityException): Code =
    when (failure) {
        is KeyPermanentlyInvalidatedException, is UnrecoverableKeyException, is AEADBadTagException -> Code.DEVICE_UNLOCK_INVALIDATED
        else -> Code.STORE_UNAVAILABLE
    }

/** The account as the name of a file and of a key: 64 hexadecimal digits. */
private fun slotOf(account: String): String =
    MessageDigest.getInstance("SHA-256").digest(account.toByteArray()).joinToString("") { "%02x".format(it) }

private fun unlockOf(plain: ByteArray): DeviceUnlock {
    val bytes = SecretBytes(plain)
    plain.fill(0)
    return DeviceUnlock.fromBytes(bytes).also { bytes.wipe() }
}
