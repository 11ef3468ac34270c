package io.lockkeeper.android.biometric

import android.content.Context
import android.os.UserManager
import android.security.keystore.KeyProperties
import androidx.biometric.BiometricPrompt
import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.SecretBytes
import io.lockkeeper.android.FakeAndroidKeyStore
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import java.security.Security
import javax.crypto.Cipher

/** The gate over Android's own classes, over a Keystore that is a fake, and before a person who is one too. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class BiometricKeystoreTest {
    private val context: Context get() = RuntimeEnvironment.getApplication()
    private val person = Person()
    private val secret = ByteArray(250) { it.toByte() }

    @Before
    fun keystore() {
        Security.addProvider(FakeAndroidKeyStore())
        FakeAndroidKeyStore.keys.clear()
        FakeAndroidKeyStore.asked.clear()
        FakeAndroidKeyStore.hidesInvalidated = false
        unlocked(true)
    }

    private fun unlocked(unlocked: Boolean) = shadowOf(context.getSystemService(UserManager::class.java)).setUserUnlocked(unlocked)

    private fun gate(strongBox: Boolean = false) = BiometricKeystore(context, person, strongBox, Dispatchers.IO)

    private fun save(
        account: String,
        value: ByteArray = secret,
    ) = runBlocking { DeviceUnlock.fromBytes(SecretBytes(value)).use { gate().save(it, account) } }

    private fun load(account: String): ByteArray? =
        runBlocking { gate().load(account)?.use { unlock -> unlock.toBytes().use { it.copyOf() } } }

    private fun holds(account: String) = runBlocking { gate().holds(account) }

    private fun refusal(call: () -> Unit) = assertThrows(BiometricException::class.java) { call() }.refusal

    private fun code(call: () -> Unit) = assertThrows(LockKeeperException::class.java) { call() }.code

    private fun files() = File(context.noBackupFilesDir, "lock-keeper-biometric").listFiles().orEmpty()

    @Test
    fun `an unlock is given out to whoever shows a finger, in the next process too, and is gone when it was removed`() {
        assertFalse(holds("ada"))
        assertNull(load("ada"))
        save("ada")
        assertTrue(holds("ada"))
        assertEquals("one to save it, none to see that nothing was there", 1, person.asked)
        assertArrayEquals(secret, load("ada"))
        assertEquals(2, person.asked)
        runBlocking { repeat(2) { gate().remove("ada") } }
        assertFalse(holds("ada"))
        assertNull(load("ada"))
        assertTrue("no key is left", FakeAndroidKeyStore.keys.isEmpty())
    }

    @Test
    fun `each account has its own, and the name of none is that of a file`() {
        save("ada")
        save("grace/..", byteArrayOf(1, 2, 3))
        assertArrayEquals(secret, load("ada"))
        assertArrayEquals(byteArrayOf(1, 2, 3), load("grace/.."))
        assertTrue(files().all { Regex("[0-9a-f]{64}\\.slot").matches(it.name) })
        runBlocking { gate().remove("ada") }
        assertArrayEquals(byteArrayOf(1, 2, 3), load("grace/.."))
    }

    @Test
    fun `its file does not show it, and does not pass for that of another account`() {
        save("ada", "what opens the account".toByteArray())
        val file = files().single()
        assertFalse("opens" in file.readText())
        val key = FakeAndroidKeyStore.keys.entries.single()
        save("grace")
        val other = files().single { it != file }
        file.copyTo(other, overwrite = true)
        FakeAndroidKeyStore.keys.replaceAll { _, _ -> key.value }
        assertEquals(Code.DEVICE_UNLOCK_INVALIDATED, code { load("grace") })
    }

    @Test
    fun `the key asks for a finger or face of Class 3 at each use, and ends with the next one that is added`() {
        runBlocking { DeviceUnlock.fromBytes(SecretBytes(secret)).use { gate(strongBox = true).save(it, "ada") } }
        val asked = FakeAndroidKeyStore.asked.values.single()
        assertTrue(asked.isUserAuthenticationRequired)
        assertEquals("at each use", 0, asked.userAuthenticationValidityDurationSeconds)
        assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, asked.userAuthenticationType)
        assertTrue(asked.isInvalidatedByBiometricEnrollment)
        assertTrue(asked.isUnlockedDeviceRequired)
        assertTrue(asked.isStrongBoxBacked)
        assertEquals(256, asked.keySize)
        assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), asked.blockModes.toList())
    }

    @Test
    fun `a finger that was added ends it, and it is told apart from nothing`() {
        for (hides in listOf(false, true)) {
            FakeAndroidKeyStore.hidesInvalidated = hides
            save("ada")
            val before = person.asked
            FakeAndroidKeyStore.invalidate()
            assertEquals(Code.DEVICE_UNLOCK_INVALIDATED, code { load("ada") })
            assertEquals("nobody is asked in vain", before, person.asked)
            runBlocking { gate().remove("ada") }
            assertNull(load("ada"))
            save("ada")
            assertArrayEquals("with another key it works again", secret, load("ada"))
        }
    }

    @Test
    fun `a screen lock that was taken away has destroyed the key`() {
        save("ada")
        FakeAndroidKeyStore.keys.clear()
        assertEquals(Code.DEVICE_UNLOCK_INVALIDATED, code { load("ada") })
    }

    @Test
    fun `who is not let through gets nothing, hears why, and can try again`() {
        save("ada")
        for (refusal in BiometricRefusal.entries) {
            person.answer = refusal
            assertEquals(refusal, refusal { load("ada") })
        }
        person.answer = null
        assertArrayEquals(secret, load("ada"))
    }

    @Test
    fun `who thinks better of it keeps nothing, and nothing of before`() {
        save("ada")
        person.answer = BiometricRefusal.CANCELLED
        assertEquals(BiometricRefusal.CANCELLED, refusal { save("ada") })
        assertFalse(holds("ada"))
        assertEquals(0, files().size)
    }

    @Test
    fun `where no finger is known nothing is saved and nobody is asked`() {
        for (refusal in listOf(BiometricRefusal.NOT_ENROLLED, BiometricRefusal.UNAVAILABLE)) {
            person.refusal = refusal
            assertEquals(refusal, gate().refusal())
            assertEquals(refusal, refusal { save("ada") })
        }
        assertEquals(0, person.asked)
        assertTrue("a key could not even be made", FakeAndroidKeyStore.asked.isEmpty())
    }

    @Test
    fun `nothing is opened before the person was let through, and a caller that goes away takes the prompt along`() =
        runBlocking {
            save("ada")
            person.isSlow = true
            var given: DeviceUnlock? = null
            val call = launch { given = gate().load("ada") }
            person.shown.await()
            assertNull(given)
            call.cancelAndJoin()
            assertTrue(person.wasTakenAway)
            assertNull(given)
        }

    @Test
    fun `a phone that nobody has unlocked yet has lost nothing`() {
        save("ada")
        unlocked(false)
        for (call in listOf<() -> Unit>({ holds("ada") }, { load("ada") }, { save("ada") }, { runBlocking { gate().remove("ada") } })) {
            assertEquals(Code.STORE_UNAVAILABLE, code(call))
        }
        unlocked(true)
        assertArrayEquals(secret, load("ada"))
    }

    @Test
    fun `making a gate touches neither the disk nor the Keystore`() {
        gate()
        assertEquals(0, files().size)
        assertTrue(FakeAndroidKeyStore.keys.isEmpty())
    }

    @Test
    fun `what AndroidX says is told apart`() {
        val words =
            mapOf(
                BiometricPrompt.ERROR_USER_CANCELED to BiometricRefusal.CANCELLED,
                BiometricPrompt.ERROR_NEGATIVE_BUTTON to BiometricRefusal.CANCELLED,
                BiometricPrompt.ERROR_CANCELED to BiometricRefusal.CANCELLED,
                BiometricPrompt.ERROR_TIMEOUT to BiometricRefusal.CANCELLED,
                BiometricPrompt.ERROR_LOCKOUT to BiometricRefusal.LOCKED_OUT,
                BiometricPrompt.ERROR_LOCKOUT_PERMANENT to BiometricRefusal.LOCKED_OUT_UNTIL_UNLOCKED,
                BiometricPrompt.ERROR_NO_BIOMETRICS to BiometricRefusal.NOT_ENROLLED,
                BiometricPrompt.ERROR_HW_NOT_PRESENT to BiometricRefusal.UNAVAILABLE,
                BiometricPrompt.ERROR_VENDOR to BiometricRefusal.UNAVAILABLE,
            )
        for ((error, refusal) in words) assertEquals(refusal, refusalOf(error))
    }
}

/** Shows a finger, or `answer`s otherwise. */
private class Person : Prompt {
    var refusal: BiometricRefusal? = null
    var answer: BiometricRefusal? = null
    var isSlow = false
    var asked = 0
    var wasTakenAway = false
    val shown = CompletableDeferred<Unit>()

    override fun refusal() = refusal

    override suspend fun confirm(cipher: Cipher) {
        asked++
        if (isSlow) hesitate()
        answer?.let { throw BiometricException(it) }
    }

    private suspend fun hesitate() {
        shown.complete(Unit)
        try {
            CompletableDeferred<Unit>().await()
        } finally {
            wasTakenAway = true
        }
    }
}
