package io.lockkeeper.android

import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A slot's value as it lies in its file: version (1 byte), nonce (12), AES-256-GCM ciphertext and tag, bound to the slot's name. */
internal object SealedSlot {
    private const val VERSION: Byte = 1
    private const val NONCE_BYTES = 12
    private const val TAG_BITS = 128
    private const val HEAD_BYTES = 1 + NONCE_BYTES
    private const val FORM = "AES/GCM/NoPadding"

    /** The Keystore draws the nonce: it takes none from outside. */
    fun seal(
        key: SecretKey,
        slot: String,
        value: ByteArray,
    ): ByteArray {
        val cipher = Cipher.getInstance(FORM).apply { init(Cipher.ENCRYPT_MODE, key) }
        cipher.updateAAD(slot.toByteArray())
        val ciphertext = cipher.doFinal(value)
        return byteArrayOf(VERSION) + cipher.iv + ciphertext
    }

    /** The value; null where the bytes are of no form that there ever was. */
    fun open(
        key: SecretKey,
        slot: String,
        sealed: ByteArray,
    ): ByteArray? {
        if (sealed.size < HEAD_BYTES || sealed[0] != VERSION) return null
        val parameters = GCMParameterSpec(TAG_BITS, sealed, 1, NONCE_BYTES)
        val cipher = Cipher.getInstance(FORM).apply { init(Cipher.DECRYPT_MODE, key, parameters) }
        cipher.updateAAD(slot.toByteArray())
        return cipher.doFinal(sealed, HEAD_BYTES, sealed.size - HEAD_BYTES)
    }
}
