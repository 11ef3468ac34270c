package io.lockkeeper.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** Robolectric has Android's classes and no Keystore: this takes its place, and remembers what it was asked for. */
class FakeAndroidKeyStore : Provider("AndroidKeyStore", "1", "for tests") {
    init {
        put("KeyStore.AndroidKeyStore", Keys::class.java.name)
        put("KeyGenerator.AES", Generator::class.java.name)
    }

    companion object {
        val keys = ConcurrentHashMap<String, SecretKey>()
        val asked = ConcurrentHashMap<String, KeyGenParameterSpec>()

        /** From Android 12 on: a key that is of no use any more cannot even be fetched. */
        var hidesInvalidated = false

        /** What the Keystore says, where it cannot be asked for a key. */
        var failure: UnrecoverableKeyException? = null

        /** Another finger was added. */
        fun invalidate() {
            keys.replaceAll { _, _ -> Invalidated() }
        }
    }

    /** A key that whoever wants to use it is told to be of no use any more. */
    private class Invalidated : SecretKey {
        override fun getAlgorithm() = "AES"

        override fun getFormat() = "RAW"

        override fun getEncoded(): ByteArray = throw KeyPermanentlyInvalidatedException()
    }

    class Generator : KeyGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun engineInit(random: SecureRandom?) = Unit

        override fun engineInit(
            size: Int,
            random: SecureRandom?,
        ) = Unit

        override fun engineInit(
            parameters: AlgorithmParameterSpec?,
            random: SecureRandom?,
        ) {
            spec = parameters as KeyGenParameterSpec
        }

        override fun engineGenerateKey(): SecretKey {
            val provider = Security.getProviders("KeyGenerator.AES").first { it.name != "AndroidKeyStore" }
            val key = KeyGenerator.getInstance("AES", provider).apply { init(spec.keySize) }.generateKey()
            asked[spec.keystoreAlias] = spec
            keys[spec.keystoreAlias] = key
            return key
        }
    }

    class Keys : KeyStoreSpi() {
        override fun engineGetKey(
            alias: String,
            password: CharArray?,
        ): Key? {
            failure?.let { throw it }
            return keys[alias]?.also { if (it is Invalidated && hidesInvalidated) throw UnrecoverableKeyException() }
        }

        override fun engineContainsAlias(alias: String) = keys.containsKey(alias)

        override fun engineDeleteEntry(alias: String) {
            keys.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys)

        override fun engineSize() = keys.size

        override fun engineIsKeyEntry(alias: String) = keys.containsKey(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineGetCertificateAlias(certificate: Certificate?): String? = null

        override fun engineSetKeyEntry(
            alias: String,
            key: Key,
            password: CharArray?,
            chain: Array<Certificate>?,
        ): Unit = throw UnsupportedOperationException()

        override fun engineSetKeyEntry(
            alias: String,
            key: ByteArray?,
            chain: Array<Certificate>?,
        ): Unit = throw UnsupportedOperationException()

        override fun engineSetCertificateEntry(
            alias: String,
            certificate: Certificate?,
        ): Unit = throw UnsupportedOperationException()

        override fun engineStore(
            stream: OutputStream?,
            password: CharArray?,
        ) = Unit

        override fun engineLoad(
            stream: InputStream?,
            password: CharArray?,
        ) = Unit
    }
}
