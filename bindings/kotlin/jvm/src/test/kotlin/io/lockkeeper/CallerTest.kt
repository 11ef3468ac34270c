package io.lockkeeper

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** The thread that calls, such as the main thread of an app, is free while the call goes on. */
@Timeout(5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallerTest {
    private val main = thread("main thread of an app")
    private val io = thread("the app's dispatcher")

    private fun thread(name: String) = Executors.newSingleThreadExecutor { Thread(it, name).apply { isDaemon = true } }

    @AfterEach
    fun end() = listOf(main, io).forEach { it.shutdownNow() }

    @Test
    fun `the only thread of an app goes on in each phase of a login`() =
        on(Engine.EMBEDDED) { server ->
            val account = freshName()
            val device = Device(server)
            device.register(account).lock()
            val seen = mutableListOf<Phase>()
            withContext(main.asCoroutineDispatcher()) {
                // The login goes on only when that thread has run something else meanwhile.
                device.client.openSession(account, Password(PASSWORD), PATIENT) { phase -> main.submit { seen += phase }.get() }
            }
            assertEquals(listOf(Phase.Connecting, Phase.Stretching, Phase.Proving), seen)
        }

    @Test
    fun `no call holds the thread that made it`() =
        EmbeddedServer("--requests-per-session", "16").use { server ->
            Relay(server.port).use { relay ->
                val client = LockKeeperClient(relay.config(server), MemoryStore(), null, io.asCoroutineDispatcher())
                runBlocking(main.asCoroutineDispatcher()) {
                    val free = Free(relay)
                    free.during { client.checkConfig() }
                    val name = freshName()
                    val session = free.during { client.register(name, Password(PASSWORD), options = IMPATIENT) }
                    free.during { client.openSession(name, Password(PASSWORD), IMPATIENT) }.lock()
                    free.during { client.openSession(session.deviceUnlock(), IMPATIENT) }.lock()
                    val made = free.during { session.generate() }
                    free.during { session.importSecret(SecretBytes(byteArrayOf(1))) }
                    free.during { session.retrieve(made.info.id) }
                    free.during { session.export(made.info.id) }
                    free.during { session.list() }
                    free.during { session.delete(made.info.id) }
                    free.during { session.audit().toList() }
                    free.during { session.changePassword(Password(PASSWORD), Password("new horse")) }
                    free.during { session.deleteAccount(Password("new horse")) }
                    free.during { client.forget(name) }
                }
            }
        }

    /** Keeps back what a call needs, until the thread that made it has it again. */
    private inner class Free(
        private val relay: Relay,
    ) {
        suspend fun <T> during(call: suspend () -> T): T =
            coroutineScope {
                val gate = CountDownLatch(1)
                relay.hold()
                io.execute(gate::await)
                val going = async(start = CoroutineStart.UNDISPATCHED) { call() }
                // Without these answers the call cannot have ended well. Where it held this thread it is out of time by now.
                assertFalse(going.isCompleted)
                gate.countDown()
                relay.release()
                going.await()
            }
    }

    private companion object {
        val IMPATIENT = PATIENT.withDeadline(60)
    }
}
