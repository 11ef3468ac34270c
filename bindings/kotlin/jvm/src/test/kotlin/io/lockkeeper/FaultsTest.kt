package io.lockkeeper

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.HexFormat
import kotlin.io.path.copyTo
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.time.Duration.Companion.minutes

/** Polls until `condition` holds; a busy machine has time. */
internal suspend fun eventually(condition: suspend () -> Boolean) = withTimeout(2.minutes) { while (!condition()) delay(POLL_MILLIS) }

private const val POLL_MILLIS = 20L

/** Servers that crash, and servers whose database somebody has changed. */
class FaultsTest {
    /** A store whose answer is kept back in the relay, and which the server has done. */
    private fun withAnswerHeld(
        engine: Engine = Engine.EMBEDDED,
        test: suspend CoroutineScope.(KeyServerUnderTest, Relay, Session, Session) -> Unit,
    ) = withRequestsPerSession(engine, 16).use { server ->
        Relay(server.port).use { relay ->
            runBlocking {
                val name = freshName()
                val phone = LockKeeperClient(relay.config(server), MemoryStore())
                val session = phone.register(name, Password(PASSWORD), options = PATIENT)
                val witness = Device(server).open(name)
                // Last, so that the connection is still open for what the test does: a handshake would be kept back too.
                session.list()
                test(server, relay, session, witness)
            }
        }
    }

    private fun withRequestsPerSession(
        engine: Engine,
        count: Int,
    ): KeyServerUnderTest =
        when (engine) {
            Engine.EMBEDDED -> EmbeddedServer("--requests-per-session", "$count")
            Engine.POSTGRES -> PostgresServer(requestsPerSession = count)
        }

    /** Looks into the database: the client gives up on a server whose answers are kept back for too long, and a login takes time. */
    private fun KeyServerUnderTest.hasStored(): Boolean =
        database().use {
            val count = it.createStatement().executeQuery("SELECT count(*) FROM secret")
            count.next() && count.getInt(1) > 0
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a server that is killed in the middle of a store, and started again, has done it once`(engine: Engine) =
        withAnswerHeld(engine) { server, relay, session, _ ->
            val id = session.newSecretId()
            relay.hold()
            val storing = async(Dispatchers.Default) { session.generate(label = "once", id = id) }
            eventually { server.hasStored() }
            server.kill()
            server.restart()
            // Not before: on a busy machine a start takes longer than the client tries. The answer is lost with its connection.
            relay.cut()
            relay.release()
            val made = storing.await()
            assertEquals(id, made.info.id)
            assertEquals(listOf(made.info), session.list())
            val stored = session.audit(AuditFilter(secrets = listOf(id))).toList()
            assertEquals(listOf("generate"), stored.map { it.action })
            assertEquals(made.bytes, session.retrieve(id).bytes)
        }

    @Test
    fun `cancelling ends the wait although the answer never comes, and loses no write`() =
        withAnswerHeld { server, relay, session, witness ->
            val id = session.newSecretId()
            relay.hold()
            val storing = async(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { session.generate(id = id) }
            eventually { server.hasStored() }
            storing.cancel()
            // The answer is still kept back: only the cancellation can have ended this.
            storing.join()
            assertTrue(storing.isCancelled)
            relay.release()
            val again = session.generate(id = id)
            assertEquals(witness.retrieve(id).bytes, again.bytes)
            assertEquals(1, session.list().size)
        }

    @Test
    fun `a session that is locked while an answer is on its way has still done what was sent`() =
        withAnswerHeld { server, relay, session, _ ->
            relay.hold()
            val storing = async(Dispatchers.Default) { session.generate(label = "sent") }
            eventually { server.hasStored() }
            session.lock()
            relay.release()
            assertEquals("sent", storing.await().info.label)
            assertEquals(SessionState.Locked(LockReason.REQUESTED), session.state.value)
            assertFails(Code.SESSION_LOCKED) { session.list() }
        }

    @Test
    fun `a call that runs out of time after it was sent says that it may have happened`() =
        withAnswerHeld { server, relay, session, _ ->
            val name = session.account
            val impatient =
                LockKeeperClient(relay.config(server), MemoryStore())
                    .openSession(name, Password(PASSWORD), PATIENT.withDeadline(10))
            impatient.list()
            relay.hold()
            val failure = failure { impatient.generate() }
            assertTrue(failure.mayHaveHappened, "${failure.code}")
            assertEquals(Advice.RETRY, failure.advice)
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a log whose chain was changed in the database is tampered with`(engine: Engine) =
        KeyServerUnderTest.start(engine).use { server ->
            runBlocking {
                val name = freshName()
                Device(server).register(name).use { session -> repeat(2) { session.generate() } }
                server.kill()
                server.database().use {
                    val forged = server.literal(ByteArray(32))
                    val changed = it.createStatement().executeUpdate("UPDATE account_head SET chain = $forged WHERE size > 0")
                    assertEquals(1, changed, "accounts that have a log")
                }
                server.restart()
                val session = Device(server).open(name)
                val tampered = assertFails(Code.AUDIT_TAMPERED) { session.audit().toList() }
                assertEquals(Advice.CONTACT_SUPPORT, tampered.advice)
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a secret that was changed in the database comes back to nobody, and the others are as they were`(engine: Engine) =
        KeyServerUnderTest.start(engine).use { server ->
            runBlocking {
                val name = freshName()
                val (changed, whole) = Device(server).register(name).use { session -> List(2) { session.generate() } }
                server.kill()
                server.database().use {
                    val (id, forged) = server.literal(HexFormat.of().parseHex("${changed.info.id}")) to server.literal(ByteArray(120))
                    val rows = it.createStatement().executeUpdate("UPDATE secret SET sealed_secret = $forged WHERE secret = $id")
                    assertEquals(1, rows)
                }
                server.restart()
                val session = Device(server).open(name)
                // The server's own seal over the row: it notices before the client could.
                val failed = assertFails(Code.SERVER_FAILED) { session.retrieve(changed.info.id) }
                assertEquals(Advice.CONTACT_SUPPORT, failed.advice)
                assertNotNull(failed.requestId)
                assertEquals(whole.bytes, session.retrieve(whole.info.id).bytes)
            }
        }

    @Test
    fun `a server that was set back to an old backup is noticed by a device that has seen more`() =
        EmbeddedServer().use { server ->
            runBlocking {
                val name = freshName()
                val device = Device(server)
                val session = device.register(name)
                session.generate()
                server.kill()
                val backup = server.files().associateWith { it.resolveSibling("backup-${it.name}").also { copy -> file(it, copy) } }
                server.restart()
                repeat(2) { session.generate() }
                server.kill()
                server.files().forEach { it.toFile().delete() }
                backup.forEach { (original, copy) -> file(copy, original) }
                server.restart()
                assertEquals(Advice.CONTACT_SUPPORT, assertFails(Code.ROLLED_BACK) { session.list() }.advice)
                assertNull(
                    Device(server)
                        .open(name)
                        .list()
                        .singleOrNull()
                        ?.label,
                )
            }
        }

    private fun EmbeddedServer.files() = directory.listDirectoryEntries("lock-keeper.sqlite*")

    private fun file(
        from: java.nio.file.Path,
        to: java.nio.file.Path,
    ) {
        from.copyTo(to, overwrite = true)
    }
}
