package io.lockkeeper

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.milliseconds

/** What a coroutine that is cancelled leaves behind. */
class CancellationTest {
    /** Cancels a call as soon as it is in a phase; true where that came before its end. */
    private suspend fun cancelledIn(
        phase: Phase,
        call: suspend (ProgressListener) -> Unit,
    ): Boolean =
        kotlinx.coroutines.coroutineScope {
            val reached = CompletableDeferred<Unit>()
            val resumed = CountDownLatch(1)
            lateinit var job: Job
            job =
                launch(Dispatchers.Default) {
                    call {
                        if (it == phase && reached.complete(Unit)) resumed.await()
                    }
                }
            reached.await()
            job.cancelAndJoin()
            resumed.countDown()
            job.isCancelled
        }

    @ParameterizedTest
    @ValueSource(strings = ["Connecting", "Stretching", "Proving"])
    internal fun `an unlock that is cancelled in each phase ends at once, and the account opens afterwards`(name: String) =
        on(Engine.EMBEDDED) { server ->
            val account = freshName()
            val device = Device(server)
            device.register(account).lock()
            // The listener holds the library's thread in that phase until the coroutine has ended.
            assertTrue(
                cancelledIn(phase(name)) { listener ->
                    device.client.openSession(account, Password(PASSWORD), PATIENT, listener)
                },
            )
            assertEquals(account, device.open(account).account)
        }

    @ParameterizedTest
    @ValueSource(strings = ["Connecting", "Stretching", "Proving", "Sending"])
    internal fun `a registration that is cancelled in each phase is completed by the same call`(name: String) =
        on(Engine.EMBEDDED) { server ->
            val account = freshName()
            val device = Device(server)
            assertTrue(
                cancelledIn(phase(name)) { listener ->
                    device.client.register(account, Password(PASSWORD), options = PATIENT, progress = listener)
                },
            )
            // What was sent is finished in the background: then the name is taken by this very account.
            val session =
                try {
                    device.register(account)
                } catch (taken: LockKeeperException) {
                    assertEquals(Code.ACCOUNT_NAME_TAKEN, taken.code)
                    device.open(account)
                }
            assertEquals(emptyList<SecretInfo>(), session.list())
        }

    @ParameterizedTest
    @ValueSource(strings = ["Connecting", "Stretching", "Proving", "Sending"])
    internal fun `a change of the password that is cancelled in each phase happens whole or not at all`(name: String) =
        on(Engine.EMBEDDED) { server ->
            val account = freshName()
            val session = Device(server).register(account)
            val made = session.generate()
            val reached =
                withTimeoutOrNull(REACH) {
                    cancelledIn(phase(name)) { session.changePassword(Password(PASSWORD), Password("new horse"), it) }
                }
            assertEquals(true, reached, "it was in that phase, and ended by the cancellation")
            // Whichever it was, this session finds it out.
            assertEquals(made.bytes, session.retrieve(made.info.id).bytes)
            val opens = listOf(PASSWORD, "new horse").filter { runCatching { Device(server).open(account, it) }.isSuccess }
            assertEquals(1, opens.size, "$opens")
        }

    @Test
    fun `a call that waits before it is sent again ends with its coroutine`() =
        runBlocking {
            Impostor { it.problem(503, "busy") }.use { server ->
                val client = LockKeeperClient(server.config, MemoryStore())
                assertTrue(cancelledIn(Phase.Waiting(1)) { client.openSession("ada", Password(PASSWORD), PATIENT, it) })
            }
        }

    @Test
    fun `a connection that nobody answers ends with the coroutine`() =
        runBlocking {
            ServerSocket(0, 0, InetAddress.getLoopbackAddress()).use { socket ->
                val trust = Trust.privateCas(listOf(Identity.ofServer().ca.encoded))
                val client = LockKeeperClient(Impostor.configOf("https://localhost:${socket.localPort}", trust), MemoryStore())
                val waited = withTimeoutOrNull(200.milliseconds) { client.openSession("ada", Password(PASSWORD), PATIENT) }
                assertNull(waited)
            }
        }

    @Test
    fun `a call that waits for its turn ends with its coroutine, and the others go on`() =
        on(Engine.EMBEDDED) { server ->
            val session = Device(server).register(freshName())
            val calls = List(10) { async(Dispatchers.Default) { session.generate() } }
            val unwanted = async(Dispatchers.Default) { session.generate(label = "unwanted") }
            unwanted.cancelAndJoin()
            assertEquals(10, calls.map { it.await().info.id }.toSet().size)
            assertFalse(session.list().count { it.label == "unwanted" } > 1)
        }

    @Test
    fun `a call that was cancelled before it began does nothing`() =
        on(Engine.EMBEDDED) { server ->
            val session = Device(server).register(freshName())
            val job = launch { session.generate() }
            job.cancelAndJoin()
            assertEquals(emptyList<SecretInfo>(), session.list())
        }

    private fun phase(name: String): Phase =
        listOf(Phase.Connecting, Phase.Stretching, Phase.Proving, Phase.Sending).first { "$it" == name }

    private companion object {
        val REACH = 60_000.milliseconds
    }
}
