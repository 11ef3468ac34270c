package io.lockkeeper.android

import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.UnrecoverableKeyException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** The key of a store. */
internal interface StoreKey {
    /** The key; null where there is none. */
    fun get(): SecretKey?

    /** The key, made where there is none. */
    fun getOrMake(): SecretKey

    /** A new key, in place of an earlier one. */
    fun make(): SecretKey
}

/**
 * Whether the Keystore says of a key that it is of no use for good. From Android 12 on it calls one that was invalidated unrecoverable, and
 * no more than that; where that has a cause, the key could not be had now, which for most causes is no reason to think that it never will.
 */
internal fun isKeyGone(failure: GeneralSecurityException): Boolean =
    when (failure) {
        is KeyPermanentlyInvalidatedException -> {
            true
        }

        is UnrecoverableKeyException -> {
            val cause = failure.cause
            cause == null || (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && Damage.isIn(cause))
        }

        else -> {
            false
        }
    }

/**
 * An AES-256 key in the Android Keystore, which no app can read, and which is of use on this phone alone.
 *
 * @property strongBox asks for a StrongBox; an older phone has none
 * @property limit what the key is of use for only, beside that
 */
internal class KeystoreKey(
    private val alias: String,
    private val strongBox: Boolean,
    private val limit: KeyGenParameterSpec.Builder.() -> Unit = {},
) : StoreKey {
    override fun get(): SecretKey? = keys().getKey(alias, null) as SecretKey?

    override fun getOrMake(): SecretKey = get() ?: make()

    override fun make(): SecretKey =
        if (strongBox && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) StrongBox.make(::builder) else generate(builder())

    /** Destroys the key. It is no failure where there is none. */
    fun remove() {
        keys().deleteEntry(alias)
    }

    private fun keys() = KeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun builder() =
        KeyGenParameterSpec
            .Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)
            .apply(limit)

    internal companion object {
        private const val PROVIDER = "AndroidKeyStore"
        private const val KEY_BITS = 256

        fun generate(builder: KeyGenParameterSpec.Builder): SecretKey {
            val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
            generator.init(builder.build())
            return generator.generateKey()
        }
    }
}

/** From Android 9 on, and in a class of its own: an older phone does not know the exception, and never loads this. */
private object StrongBox {
    fun make(builder: () -> KeyGenParameterSpec.Builder): SecretKey =
        try {
            KeystoreKey.generate(builder().setIsStrongBoxBacked(true))
        } catch (_: StrongBoxUnavailableException) {
            KeystoreKey.generate(builder())
        }
}

/** From Android 13 on, and in a class of its own for the same reason. */
private object Damage {
    fun isIn(cause: Throwable): Boolean = cause is KeyStoreException && cause.numericErrorCode == KeyStoreException.ERROR_KEY_CORRUPTED
}
