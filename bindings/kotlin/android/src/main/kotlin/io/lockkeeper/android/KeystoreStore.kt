package io.lockkeeper.android

import android.content.Context
import io.lockkeeper.LocalStore
import io.lockkeeper.StoreException
import io.lockkeeper.StoreFailure
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher

/**
 * Keeps slots in files under `noBackupFilesDir`, each encrypted by a key that never leaves the Android Keystore.
 *
 * A file whose key is gone, as after a restore onto another phone, counts as absent: this is then a new device. So does one that does
 * not open with the key, or whose key the Keystore has given up for good. Before the person has unlocked the phone for the first time
 * after it was started, the store is [StoreFailure.UNAVAILABLE].
 */
public class KeystoreStore internal constructor(
    private val files: SlotFiles,
    private val key: StoreKey,
    private val isUnlocked: () -> Boolean,
    private val onLost: LostSlotListener?,
) : LocalStore {
    /**
     * A store of this app.
     *
     * @param context any context of the app
     * @param strongBox asks for a key in a StrongBox; where there is none the key is in the trusted environment
     * @param onLost is told of a slot whose value can no longer be read
     */
    @JvmOverloads
    public constructor(
        context: Context,
        strongBox: Boolean = false,
        onLost: LostSlotListener? = null,
    ) : this(
        SlotFiles { File(context.noBackupFilesDir, "lock-keeper") },
        KeystoreKey("io.lockkeeper.store", strongBox),
        { context.isUserUnlocked() },
        onLost,
    )

    @Synchronized
    override fun get(slot: String): ByteArray? =
        failing {
            val sealed = files.read(slot) ?: return@failing null
            open(slot, sealed) ?: null.also { onLost?.onLost(slot) }
        }

    @Synchronized
    override fun put(
        slot: String,
        value: ByteArray,
    ) {
        failing { files.write(slot, SealedSlot.seal(sealing(), slot, value)) }
    }

    @Synchronized
    override fun remove(slot: String) {
        failing { files.remove(slot) }
    }

    private fun sealing(): Cipher =
        try {
            SealedSlot.sealing(key.getOrMake())
        } catch (failure: GeneralSecurityException) {
            if (!isKeyGone(failure)) throw failure
            SealedSlot.sealing(key.make())
        }

    private fun open(
        slot: String,
        sealed: ByteArray,
    ): ByteArray? =
        try {
            key.get()?.let { SealedSlot.opening(it, sealed) }?.let { SealedSlot.open(it, slot, sealed) }
        } catch (_: AEADBadTagException) {
            null
        } catch (failure: GeneralSecurityException) {
            if (!isKeyGone(failure)) throw failure
            null
        }

    private inline fun <T> failing(block: () -> T): T {
        if (!isUnlocked()) throw StoreException(StoreFailure.UNAVAILABLE)
        return try {
            block()
        } catch (failure: IOException) {
            throw StoreException(StoreFailure.OTHER, failure)
        } catch (failure: GeneralSecurityException) {
            throw StoreException(StoreFailure.OTHER, failure)
        } catch (failure: ProviderException) {
            // The Keystore's own process does not answer, which happens for a while on some phones.
            throw StoreException(StoreFailure.UNAVAILABLE, failure)
        }
    }
}

/** Is told of what [KeystoreStore] has lost. */
public fun interface LostSlotListener {
    /** The value of `slot` can no longer be read, and counts as absent. Called on a worker thread. */
    public fun onLost(slot: String)
}
