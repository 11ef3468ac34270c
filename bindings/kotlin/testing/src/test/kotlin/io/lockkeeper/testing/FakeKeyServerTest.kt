package io.lockkeeper.testing

import io.lockkeeper.Advice
import io.lockkeeper.AuditFilter
import io.lockkeeper.AuditKind
import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.LockReason
import io.lockkeeper.Password
import io.lockkeeper.Purpose
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretInfo
import io.lockkeeper.SessionOptions
import io.lockkeeper.SessionState
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds

/** The fake behaves as the real server does in the tests of lock-keeper-jvm, and loads no native library. */
class FakeKeyServerTest {
    private val server = FakeKeyServer()
    private val password = Password("correct horse")

    private suspend fun fails(
        code: Code,
        block: suspend () -> Unit,
    ): LockKeeperException {
        val failure = runCatching { block() }.exceptionOrNull() as LockKeeperException
        assertEquals(code, failure.code)
        return failure
    }

    @Test
    fun `there is no native library here to load`() {
        assertThrows(ClassNotFoundException::class.java) { Class.forName("com.sun.jna.Native") }
    }

    @Test
    fun `a secret that was made on one device comes back on another`() =
        runBlocking {
            val phone = server.client().register("Ada", password)
            val made = phone.generate(label = "door")
            val tablet = server.client().openSession("ada", password)
            assertEquals(made.bytes, tablet.retrieve(made.info.id, Purpose.LOCAL_ONLY).bytes)
            assertEquals(listOf(made.info), tablet.list())
            val log = tablet.audit(AuditFilter(AuditKind.SECRET)).toList()
            assertEquals(listOf("list", "retrieve_local_only", "generate"), log.map { it.action })
            tablet.delete(made.info.id)
            fails(Code.SECRET_DELETED) { phone.retrieve(made.info.id) }
            fails(Code.SECRET_NOT_FOUND) { phone.retrieve(phone.newSecretId()) }
            Unit
        }

    @Test
    fun `what is stored twice is stored once`() =
        runBlocking {
            val session = server.client().register("ada", password)
            val id = session.newSecretId()
            val first = session.generate(id = id)
            assertEquals(first.bytes, session.generate(id = id).bytes)
            fails(Code.SECRET_ID_TAKEN) { session.importSecret(SecretBytes(byteArrayOf(1)), id = id) }
            val brought = session.importSecret(SecretBytes(byteArrayOf(1, 2)))
            assertEquals(listOf<Byte>(2, 1, 2), session.export(brought.id).use { it.take(3) })
            for (size in listOf(0, 32_769, Int.MAX_VALUE)) fails(Code.SECRET_TOO_LARGE) { session.generate(size) }
        }

    @Test
    fun `wrong passwords, changed passwords and deleted accounts are as they are`() =
        runBlocking {
            val client = server.client()
            val phone = client.register("ada", password)
            fails(Code.ACCOUNT_NAME_TAKEN) { client.register("ada", password) }
            fails(Code.WRONG_NAME_OR_PASSWORD) { client.openSession("ada", Password("wrong horse")) }
            fails(Code.WRONG_NAME_OR_PASSWORD) { client.openSession("bob", password) }
            fails(Code.PASSWORD_INVALID) { client.openSession("ada", Password("")) }
            val unlock = phone.deviceUnlock()
            val tablet = client.openSession(unlock)
            tablet.changePassword(password, Password("new horse"))
            fails(Code.PASSWORD_CHANGED) { phone.list() }
            assertEquals(SessionState.Locked(LockReason.PASSWORD_CHANGED), phone.state.value)
            fails(Code.DEVICE_UNLOCK_STALE) { client.openSession(unlock) }
            fails(Code.DEVICE_UNLOCK_INVALIDATED) { client.openSession(DeviceUnlock.fromBytes(SecretBytes(byteArrayOf(1)))) }
            tablet.deleteAccount(Password("new horse"))
            assertEquals(SessionState.Locked(LockReason.ACCOUNT_DELETED), tablet.state.value)
            assertEquals(emptyList<SecretInfo>(), client.register("ada", password).list())
        }

    @Test
    fun `a failure that was asked for comes once, and a log that was changed is noticed`() =
        runBlocking {
            val session = server.client().register("ada", password)
            server.failNext(LockKeeperException(Code.OFFLINE))
            assertEquals(Advice.CHECK_NETWORK, fails(Code.OFFLINE) { session.list() }.advice)
            assertEquals(emptyList<SecretInfo>(), session.list())
            server.tamperWithAudit()
            fails(Code.AUDIT_TAMPERED) { session.audit().toList() }
            Unit
        }

    @Test
    fun `a call that takes an hour ends with its coroutine, or with its deadline`() =
        runBlocking {
            val slow = FakeKeyServer(1.hours).client()
            assertNull(withTimeoutOrNull(50.milliseconds) { slow.register("ada", password) })
            fails(Code.TIMED_OUT) { slow.register("ada", password, options = SessionOptions(deadline = 10.milliseconds)) }
            Unit
        }

    @Test
    fun `a session that nobody uses locks`() =
        runBlocking {
            val session = server.client().register("ada", password, options = SessionOptions(lockAfterIdle = 50.milliseconds))
            assertEquals(SessionState.Locked(LockReason.IDLE), session.state.first { it != SessionState.Unlocked })
            fails(Code.SESSION_LOCKED) { session.list() }
            Unit
        }
}
