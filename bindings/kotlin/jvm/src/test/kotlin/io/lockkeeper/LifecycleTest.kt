package io.lockkeeper

import io.lockkeeper.ffi.FfiSession
import io.lockkeeper.ffi.NoHandle
import io.lockkeeper.internal.library.LibraryAccount
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.Executors
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** Sessions that lock, that are used by many, and after their end. */
class LifecycleTest {
    @Test
    fun `a session that nobody uses shows that it has locked, although nobody asks`() =
        on(Engine.EMBEDDED) { server ->
            val session = opened(server, SessionOptions(lockAfterIdle = 100.milliseconds, deadline = PATIENT.deadline))
            assertEquals(SessionState.Locked(LockReason.IDLE), session.state.first { it != SessionState.Unlocked })
            assertFails(Code.SESSION_LOCKED) { session.list() }
        }

    @Test
    fun `an app that stays in the background locks its sessions, and one that comes back does not`() =
        on(Engine.EMBEDDED) { server ->
            val device = Device(server)
            val name = freshName()
            device.register(name)
            val short = device.open(name, options = background(100.milliseconds))
            val long = device.open(name, options = background(Duration.INFINITE))
            device.client.enteredBackground()
            assertEquals(SessionState.Locked(LockReason.BACKGROUND), short.state.first { it != SessionState.Unlocked })
            device.client.enteredForeground()
            assertEquals(emptyList<SecretInfo>(), long.list())
            assertEquals(SessionState.Unlocked, long.state.value)
        }

    @Test
    fun `a session that is opened when the app is in the background already locks too`() =
        on(Engine.EMBEDDED) { server ->
            val device = Device(server)
            val name = freshName()
            device.register(name)
            val session =
                device.client.openSession(name, Password(PASSWORD), background(100.milliseconds)) { phase ->
                    if (phase == Phase.Stretching) device.client.enteredBackground()
                }
            assertEquals(SessionState.Locked(LockReason.BACKGROUND), session.state.first { it != SessionState.Unlocked })
        }

    @Test
    fun `a session that nobody holds any more by the time that it is told of the background has heard of it all the same`() =
        on(Engine.EMBEDDED) { server ->
            Executors.newSingleThreadExecutor { Thread(it).apply { isDaemon = true } }.asCoroutineDispatcher().use { io ->
                val client = LockKeeperClient(server.config, MemoryStore(), null, io)
                val held = CountDownLatch(1)
                val state = stateOfOneThatGoesToTheBackground(client) { io.executor.execute(held::await) }
                repeat(3) { System.gc() }
                held.countDown()
                assertEquals(SessionState.Locked(LockReason.BACKGROUND), state.first { it != SessionState.Unlocked })
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a hundred coroutines at once each get what is theirs`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            val made = session.generate(label = "shared")
            val found = List(100) { async(Dispatchers.Default) { session.retrieve(made.info.id) } }.awaitAll()
            assertTrue(found.all { it.bytes == made.bytes && it.info == made.info })
        }

    @Test
    fun `whoever uses a session after its end hears that it is locked`() =
        on(Engine.EMBEDDED) { server ->
            val session = Device(server).register(freshName())
            session.use { it.list() }
            session.close()
            session.lock()
            assertEquals(SessionState.Locked(LockReason.REQUESTED), session.state.value)
            val uses: List<suspend () -> Unit> =
                listOf(
                    { session.generate() },
                    { session.importSecret(SecretBytes(byteArrayOf(1))) },
                    { session.retrieve(session.newSecretId()) },
                    { session.export(session.newSecretId()) },
                    { session.list() },
                    { session.delete(session.newSecretId()) },
                    { session.audit().first() },
                    { session.changePassword(Password(PASSWORD), Password("new horse")) },
                    { session.deleteAccount(Password(PASSWORD)) },
                    { session.deviceUnlock() },
                )
            for (use in uses) assertEquals(Advice.ASK_PASSWORD, assertFails(Code.SESSION_LOCKED, use).advice)
        }

    @Test
    fun `a session may be closed by several threads at once`() =
        on(Engine.EMBEDDED) { server ->
            val session = Device(server).register(freshName())
            val together = CyclicBarrier(8)
            val closing = List(8) { async(Dispatchers.IO) { together.await().also { session.close() } } }
            closing.awaitAll()
            assertEquals(SessionState.Locked(LockReason.REQUESTED), session.state.value)
        }

    @Test
    fun `a session that another thread lets go of in the middle of a lock is locked`() {
        val session =
            object : FfiSession(NoHandle) {
                override fun account() = "ada"

                override fun lock() {
                    destroy()
                    error("what the library's own sessions say then")
                }
            }
        LibraryAccount(session).lock()
    }

    @Test
    fun `calls run on the dispatcher that was given, and stores and listeners are never called on the caller's thread`() =
        on(Engine.EMBEDDED) { server ->
            val threads = ConcurrentHashMap.newKeySet<String>()
            val called = Thread.currentThread()
            val store =
                object : LocalStore by MemoryStore() {
                    private val memory = MemoryStore()

                    override fun get(slot: String) = memory.get(slot).also { note() }

                    override fun put(
                        slot: String,
                        value: ByteArray,
                    ) = memory.put(slot, value).also { note() }

                    private fun note() {
                        assertNotEquals(called, Thread.currentThread())
                        threads += Thread.currentThread().name
                    }
                }
            Executors.newSingleThreadExecutor { Thread(it, "the given one").apply { isDaemon = true } }.asCoroutineDispatcher().use { io ->
                val client = LockKeeperClient(server.config, store, null, io)
                client.register(freshName(), Password(PASSWORD), options = PATIENT) { threads += Thread.currentThread().name }.lock()
                assertTrue(threads.isNotEmpty())
                assertTrue(called.name !in threads) { "$threads" }
            }
        }

    @Test
    fun `a deadline without end is one`() =
        on(Engine.EMBEDDED) { server ->
            opened(server, SessionOptions(deadline = Duration.INFINITE)).list()
        }

    /** Nothing holds the session afterwards but what waits behind `meanwhile`. */
    private suspend fun stateOfOneThatGoesToTheBackground(
        client: LockKeeperClient,
        meanwhile: () -> Unit,
    ): StateFlow<SessionState> {
        val session = client.register(freshName(), Password(PASSWORD), options = background(100.milliseconds))
        meanwhile()
        client.enteredBackground()
        return session.state
    }

    private suspend fun opened(
        server: KeyServerUnderTest,
        options: SessionOptions,
    ): Session = Device(server).client.register(freshName(), Password(PASSWORD), options = options)

    private fun background(limit: Duration) = SessionOptions(lockInBackgroundAfter = limit, deadline = PATIENT.deadline)
}
