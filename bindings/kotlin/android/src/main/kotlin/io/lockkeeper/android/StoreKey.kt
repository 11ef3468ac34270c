package io.lockkeeper.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** The key of a store. */
internal interface StoreKey {
    /** The key; null where there is none. */
    fun get(): SecretKey?

    /** The key, made where there is none. */
    fun getOrMake(): SecretKey
}

/** An AES-256 key in the Android Keystore, which no app can read, and which is of use on this phone alone. */
internal class KeystoreKey(
    private val alias: String,
    private val strongBox: Boolean,
) : StoreKey {
    override fun get(): SecretKey? {
        val keys = KeyStore.getInstance(PROVIDER).apply { load(null) }
        return keys.getKey(alias, null) as SecretKey?
    }

    override fun getOrMake(): SecretKey = get() ?: make()

    private fun make(): SecretKey = if (strongBox) StrongBox.make(alias) else generate(builder(alias))

    internal companion object {
        private const val PROVIDER = "AndroidKeyStore"
        private const val KEY_BITS = 256

        /** What every key of a store is. */
        fun builder(alias: String): KeyGenParameterSpec.Builder =
            KeyGenParameterSpec
                .Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(KEY_BITS)

        fun generate(builder: KeyGenParameterSpec.Builder): SecretKey {
            val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
            generator.init(builder.build())
            return generator.generateKey()
        }
    }
}

/** From Android 9 on, and in a class of its own: an older phone does not know the exception, and never loads this. */
private object StrongBox {
    fun make(alias: String): SecretKey =
        try {
            KeystoreKey.generate(KeystoreKey.builder(alias).setIsStrongBoxBacked(true))
        } catch (_: StrongBoxUnavailableException) {
            KeystoreKey.generate(KeystoreKey.builder(alias))
        }
}
