package io.lockkeeper

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.CopyOnWriteArrayList

/** Every operation, over TLS to a real key server and back, on both engines. */
class OperationsTest {
    @ParameterizedTest
    @EnumSource
    internal fun `a secret that was made on one device comes back on another`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val made = Device(server).register(name).generate(label = "door")
            assertEquals(Origin.GENERATED to 32, made.info.origin to made.info.length)

            val found = Device(server).open(name).retrieve(made.info.id, Purpose.LOCAL_ONLY)
            assertEquals(made.bytes, found.bytes)
            assertEquals(made.info, found.info)
            assertEquals("door", found.info.label)
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a secret that the app brings is listed, exported and deleted`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            val info = session.importSecret(SecretBytes(byteArrayOf(1, 2, 3)), "three")
            assertEquals(listOf(info), session.list())
            assertEquals(Origin.IMPORTED to 3, info.origin to info.length)
            session.export(info.id).use { assertArrayEquals(byteArrayOf(3, 1, 2, 3), it.copyOf(4)) }

            session.delete(info.id)
            assertEquals(emptyList<SecretInfo>(), session.list())
            assertFails(Code.SECRET_DELETED) { session.retrieve(info.id) }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a list begins behind an id and ends at its limit`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            val ids = List(3) { session.generate(bytes = 1).info.id }.sorted()
            assertEquals(ids, session.list().map { it.id })
            assertEquals(ids.drop(1).take(1), session.list(after = ids[0], limit = 1).map { it.id })
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a call that is made again with its id answers what it made the first time`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            val id = session.newSecretId()
            val first = session.generate(label = "once", id = id)
            val again = session.generate(label = "once", id = id)
            assertEquals(first.bytes, again.bytes)
            assertEquals(1, session.list().size)
            assertFails(Code.SECRET_ID_TAKEN) { session.generate(label = "another", id = id) }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `the log shows what was done, newest first, and nothing that the filter keeps back`(engine: Engine) =
        on(engine) { server ->
            val session = Device(server).register(freshName())
            val id = session.generate().info.id
            session.retrieve(id, Purpose.LOCAL_ONLY)
            session.list()
            val secrets = session.audit(AuditFilter(AuditKind.SECRET)).toList()
            assertEquals(listOf("list", "retrieve_local_only", "generate"), secrets.map { it.action })
            assertEquals(listOf(null, id, id), secrets.map { it.secret })
            assertTrue(secrets.all { it.outcome == Outcome.SUCCEEDED && it.count == 1L })

            val all = session.audit().toList()
            assertEquals(all.sortedByDescending { it.n }, all)
            assertEquals(listOf(id, id), session.audit(AuditFilter(secrets = listOf(id))).toList().map { it.secret })
            assertEquals(emptyList<AuditEntry>(), session.audit(AuditFilter(beforeMillis = all.last().atMillis)).toList())
            assertEquals(
                1,
                session
                    .audit()
                    .take(1)
                    .toList()
                    .size,
            )
        }

    @ParameterizedTest
    @EnumSource
    internal fun `after a change of the password the old one opens nothing and the new one everything`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val session = Device(server).register(name)
            val made = session.generate()
            assertFails(Code.WRONG_NAME_OR_PASSWORD) { session.changePassword(Password("wrong horse"), Password("new horse")) }
            session.changePassword(Password(PASSWORD), Password("new horse"))
            assertEquals(made.bytes, session.retrieve(made.info.id).bytes)

            val other = Device(server)
            assertFails(Code.WRONG_NAME_OR_PASSWORD) { other.open(name) }
            assertEquals(made.bytes, other.open(name, "new horse").retrieve(made.info.id).bytes)
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a device unlock opens the account without the password until that changes`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val device = Device(server)
            val session = device.register(name)
            val made = session.generate()
            val kept = session.deviceUnlock().use { it.toBytes() }

            val phases = CopyOnWriteArrayList<Phase>()
            val opened = device.client.openSession(DeviceUnlock.fromBytes(kept), PATIENT)
            assertEquals(name, opened.account)
            assertEquals(made.bytes, opened.retrieve(made.info.id).bytes)

            opened.changePassword(Password(PASSWORD), Password("new horse")) { phases += it }
            assertTrue(Phase.Stretching in phases && Phase.Sending in phases) { "$phases" }
            assertFails(Code.DEVICE_UNLOCK_STALE) { device.client.openSession(DeviceUnlock.fromBytes(kept), PATIENT) }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a deleted account is gone, its session is locked, and its name may be registered again`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val device = Device(server)
            val session = device.register(name)
            session.generate()
            assertFails(Code.WRONG_NAME_OR_PASSWORD) { session.deleteAccount(Password("wrong horse")) }
            session.deleteAccount(Password(PASSWORD))
            assertEquals(SessionState.Locked(LockReason.ACCOUNT_DELETED), session.state.first { it is SessionState.Locked })
            assertFails(Code.WRONG_NAME_OR_PASSWORD) { Device(server).open(name) }
            assertEquals(emptyList<SecretInfo>(), Device(server).register(name).list())
        }

    @ParameterizedTest
    @EnumSource
    internal fun `two devices see what the other does, and a change of the password locks the other`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val phone = Device(server).register(name)
            val tablet = Device(server).open(name)
            val made = phone.generate(label = "from the phone")
            assertEquals(listOf(made.info), tablet.list())
            tablet.delete(made.info.id)
            assertFails(Code.SECRET_DELETED) { phone.retrieve(made.info.id) }

            tablet.changePassword(Password(PASSWORD), Password("new horse"))
            assertFails(Code.PASSWORD_CHANGED) { phone.list() }
            assertEquals(SessionState.Locked(LockReason.PASSWORD_CHANGED), phone.state.value)
            assertFails(Code.SESSION_LOCKED) { phone.list() }
        }

    @ParameterizedTest
    @EnumSource
    internal fun `a device that has forgotten an account is a new device`(engine: Engine) =
        on(engine) { server ->
            val name = freshName()
            val store = WatchedStore()
            val device = Device(server, store)
            device.register(name).lock()
            assertNotEquals(0, store.slots.size)
            device.client.forget(name)
            assertEquals(0, store.slots.size)
            assertFalse(
                device
                    .open(name)
                    .audit(AuditFilter(AuditKind.LOGIN))
                    .first()
                    .knownDevice!!,
            )
        }

    @ParameterizedTest
    @EnumSource
    internal fun `progress and the end of an operation are told, and whoever listens may throw`(engine: Engine) =
        on(engine) { server ->
            val events = CopyOnWriteArrayList<OperationEvent>()
            val phases = CopyOnWriteArrayList<Phase>()
            val device =
                Device(server, observer = {
                    events += it
                    error("an observer that throws")
                })
            val listener =
                ProgressListener {
                    phases += it
                    error("a listener that throws")
                }
            val name = freshName()
            device.client.register(name, Password(PASSWORD), options = PATIENT, progress = listener)
            assertTrue(phases.containsAll(listOf(Phase.Connecting, Phase.Stretching, Phase.Proving))) { "$phases" }
            assertFails(Code.WRONG_NAME_OR_PASSWORD) { device.open(name, "wrong horse") }
            assertEquals(listOf("register" to null, "open_session" to Code.WRONG_NAME_OR_PASSWORD), events.map { it.op to it.code })
            assertTrue(events.all { it.bytes > 0 && it.attempts == 1 }) { "$events" }
        }
}
