package io.lockkeeper.android

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import javax.crypto.AEADBadTagException
import javax.crypto.spec.SecretKeySpec

/** A slot's value as it lies in its file. */
class SealedSlotTest {
    private val key = SecretKeySpec(ByteArray(32) { 7 }, "AES")
    private val value = "what the device knows".toByteArray()

    private fun seal(slot: String) = SealedSlot.seal(SealedSlot.sealing(key), slot, value)

    private fun open(
        key: SecretKeySpec,
        slot: String,
        sealed: ByteArray,
    ) = SealedSlot.opening(key, sealed)?.let { SealedSlot.open(it, slot, sealed) }

    @Test
    fun `a value comes back, and its file does not show it`() {
        val sealed = seal("a")
        assertArrayEquals(value, open(key, "a", sealed))
        assertFalse("device" in sealed.decodeToString())
        assertFalse(sealed.contentEquals(seal("a")), "each time with another nonce")
    }

    @Test
    fun `a value of another slot, of another key, or that was changed does not open`() {
        val sealed = seal("a")
        assertThrows(AEADBadTagException::class.java) { open(key, "b", sealed) }
        assertThrows(AEADBadTagException::class.java) { open(SecretKeySpec(ByteArray(32), "AES"), "a", sealed) }
        for (at in 1 until sealed.size) {
            val changed = sealed.copyOf().also { it[at] = (it[at] + 1).toByte() }
            assertThrows(AEADBadTagException::class.java) { open(key, "a", changed) }
        }
    }

    @Test
    fun `what was never written by a store is none`() {
        for (bad in listOf(ByteArray(0), ByteArray(12), ByteArray(100))) assertNull(open(key, "a", bad))
    }
}
