package io.lockkeeper

import io.lockkeeper.ffi.FfiAdvice
import io.lockkeeper.ffi.ffiErrorCodes
import io.lockkeeper.internal.Catalogue
import io.lockkeeper.internal.library.toFace
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.milliseconds

/** What apps hold in their hands. */
class ValuesTest {
    @Test
    fun `the codes here are those of the library, with their advice and their sentence`() {
        val library = ffiErrorCodes().map { Triple(it.code, it.advice.toFace(), it.sentence) }
        assertEquals(library, Catalogue.rows.map { Triple(it.code.name, it.advice, it.sentence) })
        val constants =
            Code::class.java.fields
                .filter { it.type == Code::class.java }
                .map { (it.get(null) as Code).name }
        assertEquals(library.map { it.first }.toSet(), constants.toSet())
    }

    @Test
    fun `each advice keeps its name`() {
        assertEquals(FfiAdvice.entries.map { it.name }, FfiAdvice.entries.map { it.toFace().name })
        assertEquals(FfiAdvice.entries.size, Advice.entries.size)
    }

    @Test
    fun `a code of a later release is one too`() {
        val later = LockKeeperException(Code("brand_new"))
        assertEquals(Code("brand_new") to Advice.BUG, later.code to later.advice)
        assertNotEquals(Code.OFFLINE, later.code)
    }

    @Test
    fun `an id is read as it is written, and nothing else is one`() {
        val id = SecretId.parse("00112233445566778899aabbccddeeff")
        assertEquals(id, SecretId.parse(id.toString()))
        for (bad in listOf("", "0011", "00112233445566778899AABBCCDDEEFF", "g".repeat(32), "00112233445566778899aabbccddeeff0")) {
            assertThrows(IllegalArgumentException::class.java) { SecretId.parse(bad) }
        }
    }

    @Test
    fun `a time to lock after that is negative is refused, and never is said by null alone`() {
        assertThrows(IllegalArgumentException::class.java) { SessionOptions(lockAfterIdle = (-1).milliseconds) }
        assertThrows(IllegalArgumentException::class.java) { SessionOptions(lockInBackgroundAfter = (-1).milliseconds) }
        assertThrows(IllegalArgumentException::class.java) { SessionOptions.ofMillis(-1, null, 1_000) }
        assertEquals(null to 0.milliseconds, SessionOptions.ofMillis(null, 0, 1_000).let { it.lockAfterIdle to it.lockInBackgroundAfter })
    }

    @Test
    fun `secrets are compared by their bytes and say nothing of them`() {
        val secret = SecretBytes("marzipan".toByteArray())
        assertEquals(secret, SecretBytes("marzipan".toByteArray()))
        assertNotEquals(secret, SecretBytes("marzipam".toByteArray()))
        assertFalse("marzipan" in "$secret${Password("marzipan")}${DeviceUnlock.fromBytes(secret)}")
    }

    @Test
    fun `what was lent is overwritten, and what was wiped is not lent`() {
        val secret = SecretBytes(byteArrayOf(1, 2, 3))
        lateinit var kept: ByteArray
        assertEquals(6, secret.use { bytes -> bytes.sum().also { kept = bytes } })
        assertTrue(kept.all { it == 0.toByte() })
        lateinit var direct: java.nio.ByteBuffer
        secret.lend { direct = it }
        assertTrue((0 until direct.capacity()).all { direct.get(it) == 0.toByte() })
        secret.wipe()
        assertThrows(IllegalStateException::class.java) { secret.use { } }
        assertNotEquals(secret, SecretBytes(byteArrayOf(0, 0, 0)))
    }

    @Test
    fun `a password crosses as UTF-8, with what is no text replaced`() {
        val texts = listOf("", "horse", "pässwörd", "日本語", "🐎🔒", "half \ud83d")
        for (text in texts) {
            Password(text.toCharArray()).lend { lent ->
                val bytes = ByteArray(lent.remaining()).also { lent.duplicate().get(it) }
                assertEquals(text.toByteArray().toList(), bytes.toList())
            }
        }
    }
}
