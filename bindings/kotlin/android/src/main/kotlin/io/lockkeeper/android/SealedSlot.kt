package io.lockkeeper.android

import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * A slot's value as it lies in its file: version (1 byte), nonce (12), AES-256-GCM ciphertext and tag, bound to the slot's name.
 *
 * Where a key asks for the person before each use, [sealing] and [opening] come first, then the person, then the value.
 */
internal object SealedSlot {
    private const val VERSION: Byte = 1
    private const val NONCE_BYTES = 12
    private const val TAG_BITS = 128
    private const val HEAD_BYTES = 1 + NONCE_BYTES
    private const val FORM = "AES/GCM/NoPadding"

    /** What seals one value with `key`. The Keystore draws the nonce: it takes none from outside. */
    fun sealing(key: SecretKey): Cipher = Cipher.getInstance(FORM).apply { init(Cipher.ENCRYPT_MODE, key) }

    /** What opens `sealed` with `key`; null where the bytes are of no form that there ever was. */
    fun opening(
        key: SecretKey,
        sealed: ByteArray,
    ): Cipher? {
        if (sealed.size < HEAD_BYTES || sealed[0] != VERSION) return null
        val parameters = GCMParameterSpec(TAG_BITS, sealed, 1, NONCE_BYTES)
        return Cipher.getInstance(FORM).apply { init(Cipher.DECRYPT_MODE, key, parameters) }
    }

    /** Seals a value with a cipher that [sealing] gave. */
    fun seal(
        cipher: Cipher,
        slot: String,
        value: ByteArray,
    ): ByteArray {
        cipher.updateAAD(slot.toByteArray())
        val ciphertext = cipher.doFinal(value)
        return byteArrayOf(VERSION) + cipher.iv + ciphertext
    }

    /** The value, by a cipher that [opening] gave for these bytes. */
    fun open(
        cipher: Cipher,
        slot: String,
        sealed: ByteArray,
    ): ByteArray {
        cipher.updateAAD(slot.toByteArray())
        return cipher.doFinal(sealed, HEAD_BYTES, sealed.size - HEAD_BYTES)
    }
}
