package io.lockkeeper.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.ContextWrapper
import android.os.UserManager
import android.security.KeyStoreException
import android.security.keystore.KeyProperties
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.ServerConfig
import io.lockkeeper.StoreException
import io.lockkeeper.StoreFailure
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import java.io.File
import java.security.Security
import java.security.UnrecoverableKeyException

/** The store over Android's own classes, and over a Keystore that is a fake. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class KeystoreStoreTest {
    private val context: Context get() = RuntimeEnvironment.getApplication()
    private val directory get() = File(context.noBackupFilesDir, "lock-keeper")
    private val lost = mutableListOf<String>()

    @Before
    fun keystore() {
        Security.addProvider(FakeAndroidKeyStore())
        FakeAndroidKeyStore.keys.clear()
        FakeAndroidKeyStore.hidesInvalidated = false
        FakeAndroidKeyStore.failure = null
        unlocked(true)
    }

    private fun unlocked(unlocked: Boolean) = shadowOf(context.getSystemService(UserManager::class.java)).setUserUnlocked(unlocked)

    private fun store(strongBox: Boolean = false) = KeystoreStore(context, strongBox) { lost += it }

    @Test
    fun `a value is there again for the next process, and is gone when it was removed`() {
        val store = store()
        assertNull(store.get("a"))
        store.put("a", byteArrayOf(1, 2, 3))
        store.put("a", byteArrayOf(4, 5))
        assertArrayEquals(byteArrayOf(4, 5), store().get("a"))
        store.remove("a")
        store.remove("a")
        assertNull(store().get("a"))
        assertEquals(emptyList<String>(), lost)
    }

    @Test
    fun `the key is one for AES-GCM, and asks nobody to be there`() {
        store(strongBox = true).put("a", byteArrayOf(1))
        val asked = FakeAndroidKeyStore.asked.getValue("io.lockkeeper.store")
        assertEquals(256, asked.keySize)
        assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), asked.blockModes.toList())
        assertTrue(asked.isStrongBoxBacked)
        assertFalse(asked.isUserAuthenticationRequired)
    }

    @Test
    fun `a value whose key is gone counts as absent and is told of`() {
        store().put("a", byteArrayOf(1))
        FakeAndroidKeyStore.keys.clear()
        assertNull(store().get("a"))
        store().put("b", byteArrayOf(2))
        assertNull("with another key", store().get("a"))
        assertEquals(listOf("a", "a"), lost)
    }

    @Test
    fun `a key that the Keystore has given up for good is as good as gone, and the next value has another one`() {
        for (hides in listOf(false, true)) {
            FakeAndroidKeyStore.hidesInvalidated = hides
            store().put("a", byteArrayOf(1))
            FakeAndroidKeyStore.invalidate()
            assertNull(store().get("a"))
            store().put("a", byteArrayOf(2))
            assertArrayEquals(byteArrayOf(2), store().get("a"))
        }
        assertEquals(listOf("a", "a"), lost)
    }

    @Test
    fun `a key that is damaged is gone, and one that cannot be had now is not`() {
        store().put("a", byteArrayOf(1))
        for ((response, isGone) in listOf(SYSTEM_ERROR to false, VALUE_CORRUPTED to true)) {
            val failure = UnrecoverableKeyException().apply { initCause(KeyStoreException(response, "said the Keystore")) }
            FakeAndroidKeyStore.failure = failure
            if (isGone) {
                assertNull(store().get("a"))
            } else {
                assertEquals(StoreFailure.OTHER, assertThrows(StoreException::class.java) { store().get("a") }.failure)
                assertThrows(StoreException::class.java) { store().put("a", byteArrayOf(2)) }
            }
        }
        FakeAndroidKeyStore.failure = null
        assertArrayEquals(byteArrayOf(1), store().get("a"))
        assertEquals(listOf("a"), lost)
    }

    @Test
    fun `a file that is there and cannot be opened is not absent`() {
        val store = store()
        store.put("a", byteArrayOf(1))
        assertTrue(File(directory, "b.slot").mkdir())
        assertEquals(StoreFailure.OTHER, assertThrows(StoreException::class.java) { store.get("b") }.failure)
        assertEquals(emptyList<String>(), lost)
    }

    @Test
    fun `files that were exchanged do not pass for each other`() {
        val store = store()
        store.put("a", byteArrayOf(1))
        store.put("b", byteArrayOf(2))
        File(directory, "a.slot").copyTo(File(directory, "b.slot"), overwrite = true)
        assertNull(store.get("b"))
        assertEquals(listOf("b"), lost)
    }

    @Test
    fun `a phone that nobody has unlocked yet is no new phone`() {
        val store = store()
        store.put("a", byteArrayOf(1))
        unlocked(false)
        val failures: List<() -> Unit> = listOf({ store.get("a") }, { store.put("a", byteArrayOf(2)) }, { store.remove("a") })
        for (call in failures) {
            assertEquals(StoreFailure.UNAVAILABLE, assertThrows(StoreException::class.java) { call() }.failure)
        }
        unlocked(true)
        assertArrayEquals(byteArrayOf(1), store.get("a"))
    }

    @Test
    fun `making a store and a client, and watching, touches neither the disk nor the Keystore`() {
        // Each of these looks for the folder on the disk, and makes it.
        val withoutDisk =
            object : ContextWrapper(context) {
                override fun getNoBackupFilesDir() = throw AssertionError("the disk")

                override fun getFilesDir() = throw AssertionError("the disk")

                override fun getCacheDir() = throw AssertionError("the disk")
            }
        val client = LockKeeperClient(ServerConfig.fromConnectJson("{}"), KeystoreStore(withoutDisk))
        LockKeeperLifecycle.watch(RuntimeEnvironment.getApplication(), client).close()
        assertTrue(FakeAndroidKeyStore.keys.isEmpty())
    }

    @Test
    fun `an app is in the background when its last activity has gone`() {
        val heard = mutableListOf<String>()
        RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(Visible({ heard += "entered" }, { heard += "left" }))
        val first = Robolectric.buildActivity(Activity::class.java).create().start()
        val second = Robolectric.buildActivity(Activity::class.java).create().start()
        first.stop()
        assertEquals(listOf("entered"), heard)
        second.stop()
        assertEquals(listOf("entered", "left"), heard)
    }

    @Test
    fun `an app is not in the background while an activity can be seen, though another was there before the watch`() {
        val heard = mutableListOf<String>()
        val first = Robolectric.buildActivity(Activity::class.java).create().start()
        RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(Visible({ heard += "entered" }, { heard += "left" }))
        val second = Robolectric.buildActivity(Activity::class.java).create().start()
        first.stop()
        assertEquals(listOf("entered"), heard)
        second.stop()
        assertEquals(listOf("entered", "left"), heard)
    }

    @Test
    fun `a watch that was ended lets go of its client`() {
        val watched = Application()
        val client = LockKeeperClient(ServerConfig.fromConnectJson("{}"), store())
        val callbacks = ReflectionHelpers.getField<Collection<*>>(watched, "mActivityLifecycleCallbacks")
        val watch = LockKeeperLifecycle.watch(watched, client)
        assertEquals(1, callbacks.size)
        watch.close()
        assertEquals(0, callbacks.size)
    }

    @Test
    fun `a watch that begins behind the first activity hears of the background too`() {
        val heard = mutableListOf<String>()
        val activity = Robolectric.buildActivity(Activity::class.java).create().start()
        RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(Visible({ heard += "entered" }, { heard += "left" }))
        activity.stop()
        activity.restart()
        activity.stop()
        assertEquals(listOf("left", "entered", "left"), heard)
    }

    /** What the Keystore's own process answers (`android.system.keystore2.ResponseCode`). */
    private companion object {
        const val SYSTEM_ERROR = 4
        const val VALUE_CORRUPTED = 8
    }
}
