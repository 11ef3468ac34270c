package io.lockkeeper

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.TimeUnit

/** What a good server, or this side of it, refuses. */
class RefusalsTest {
    @ParameterizedTest
    @EnumSource
    internal fun `a name that is none, or that is taken, is refused`(engine: Engine) =
        on(engine) { server ->
            val device = Device(server)
            assertFails(Code.ACCOUNT_NAME_INVALID) { device.register("") }
            val name = freshName()
            device.register(name).lock()
            val refused = assertFails(Code.ACCOUNT_NAME_TAKEN) { Device(server).register(name, "another horse") }
            assertEquals(Advice.FIX_INPUT to false, refused.advice to refused.mayHaveHappened)
        }

    @Test
    fun `a password that is empty, too long or wiped is refused`() =
        on(Engine.EMBEDDED) { server ->
            val device = Device(server)
            for (bad in listOf("", "x".repeat(1025))) assertFails(Code.PASSWORD_INVALID) { device.register(freshName(), bad) }
            val wiped = Password("correct horse".toCharArray()).apply { wipe() }
            assertEquals("it was wiped", assertFails(Code.PASSWORD_INVALID) { device.client.register(freshName(), wiped) }.detail)
        }

    @Test
    fun `a ticket is refused where none is asked for`() =
        on(Engine.EMBEDDED) { server ->
            val ticket = byteArrayOf(1)
            assertFails(Code.TICKET_REFUSED) {
                Device(server).client.register(freshName(), Password(PASSWORD), ticket, PATIENT)
            }
        }

    @Test
    fun `a server that takes no registrations says so`() =
        PostgresServer("LOCK_KEEPER_REGISTRATION_ADMISSION" to "closed").use { server ->
            val refused = runBlocking { assertFails(Code.REGISTRATION_CLOSED) { Device(server).register(freshName()) } }
            assertEquals(Advice.CONTACT_SUPPORT, refused.advice)
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a wrong password cannot be told from a name that nobody has, and the sixth has to wait`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            Device(server).register(name).lock()
            val wrong = assertFails(Code.WRONG_NAME_OR_PASSWORD) { Device(server).open(name, "wrong horse") }
            val unknown = assertFails(Code.WRONG_NAME_OR_PASSWORD) { Device(server).open(freshName()) }
            assertEquals(wrong.message to wrong.advice, unknown.message to unknown.advice)

            repeat(4) { assertFails(Code.WRONG_NAME_OR_PASSWORD) { Device(server).open(name, "wrong horse") } }
            val waiting = assertFails(Code.TOO_MANY_ATTEMPTS) { Device(server).open(name) }
            assertEquals(Advice.WAIT, waiting.advice)
            assertTrue(TimeUnit.MILLISECONDS.toSeconds(waiting.retryAfterMillis!!) in 1..30) { "${waiting.retryAfter}" }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `secrets of no size, of too much, or that are not there are refused`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            for (bytes in listOf(0, -1, 32_769)) assertFails(Code.SECRET_TOO_LARGE) { session.generate(bytes) }
            assertFails(Code.SECRET_TOO_LARGE) { session.importSecret(SecretBytes(ByteArray(0))) }
            assertFails(Code.SECRET_TOO_LARGE) { session.importSecret(SecretBytes(byteArrayOf(1)).apply { wipe() }) }
            assertFails(Code.LABEL_TOO_LONG) { session.generate(label = "ä".repeat(129)) }
            assertFails(Code.SECRET_NOT_FOUND) { session.retrieve(session.newSecretId()) }
            assertFails(Code.SECRET_NOT_FOUND) { session.delete(session.newSecretId()) }
            val large = session.generate(256)
            assertFails(Code.TOO_LARGE_TO_EXPORT) { session.export(large.info.id) }
        }

    @Test
    fun `an account holds as much as the operator allows`() =
        on(Engine.POSTGRES) { server ->
            val session = Device(server).register(freshName())
            repeat(PostgresServer.MAX_SECRETS) { session.generate() }
            assertEquals(Advice.FIX_INPUT, assertFails(Code.QUOTA_REACHED) { session.generate() }.advice)
        }

    @Test
    fun `a device unlock that is none is told as such`() =
        on(Engine.EMBEDDED) { server ->
            for (bad in listOf(SecretBytes(ByteArray(250) { 7 }), SecretBytes(ByteArray(0)))) {
                assertFails(Code.DEVICE_UNLOCK_INVALIDATED) { Device(server).client.openSession(DeviceUnlock.fromBytes(bad)) }
            }
        }

    @Test
    fun `a store that is locked is no empty one, and one that was changed is not believed`() =
        on(Engine.EMBEDDED) { server ->
            val name = freshName()
            val store = WatchedStore()
            val device = Device(server, store)
            device.register(name).lock()
            val kept = store.slots.toMap()

            store.failing = StoreException(StoreFailure.UNAVAILABLE)
            assertEquals(Advice.UNLOCK_DEVICE, assertFails(Code.STORE_UNAVAILABLE) { device.open(name) }.advice)
            store.failing = IllegalStateException("undeclared")
            assertFails(Code.STORE_UNAVAILABLE) { device.client.forget(name) }
            store.failing = null

            val damaged = kept.mapValues { (_, value) -> value.copyOf().also { it[value.size - 1] = (it.last() + 1).toByte() } }
            store.slots.putAll(damaged)
            assertFails(Code.STORE_CORRUPT) { device.open(name) }
            assertTrue(store.slots.all { (slot, value) -> value.contentEquals(damaged[slot]) }, "nothing was overwritten")
        }

    @Test
    fun `a configuration that is not valid is named, and nothing else is thrown`() =
        runBlocking {
            val bad =
                listOf(
                    ServerConfig.fromConnectJson("{"),
                    ServerConfig("http://localhost", "example", listOf(ByteArray(32)), Trust.Platform),
                    ServerConfig("https://localhost", "example", emptyList(), Trust.Platform),
                    ServerConfig("https://localhost", "example", listOf(ByteArray(32)), Trust.privateCas(listOf(byteArrayOf(1)))),
                    ServerConfig("https://localhost", "example", listOf(ByteArray(32)), Trust.Platform.pinning(listOf(ByteArray(32)))),
                )
            for (config in bad) {
                val client = LockKeeperClient(config, MemoryStore())
                assertNotNull(assertFails(Code.CONFIG_INVALID) { client.checkConfig() }.detail)
                assertFails(Code.CONFIG_INVALID) { client.forget("ada") }
            }
        }

    @Test
    fun `no exception shows what was typed`() =
        on(Engine.EMBEDDED) { server ->
            val failures =
                listOf(
                    failure { Device(server).open("marzipan-name", "marzipan-password") },
                    failure { Device(server).register("marzipan-\u0000", "marzipan-password") },
                )
            for (failure in failures) assertFalse("marzipan" in failure.stackTraceToString() || "marzipan" in "${failure.detail}")
        }
}
