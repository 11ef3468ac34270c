package io.lockkeeper

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import java.util.UUID
import kotlin.time.Duration.Companion.seconds

/** An app on a device of its own. */
internal class Device(
    server: KeyServerUnderTest,
    val store: LocalStore = MemoryStore(),
    observer: Observer? = null,
) {
    val client: LockKeeperClient = LockKeeperClient(server.config, store, observer)

    suspend fun register(
        account: String,
        password: String = PASSWORD,
    ): Session = client.register(account, Password(password), options = PATIENT)

    suspend fun open(
        account: String,
        password: String = PASSWORD,
        options: SessionOptions = PATIENT,
    ): Session = client.openSession(account, Password(password), options)
}

internal const val PASSWORD = "correct horse"

/** Tests run on machines that are busy. */
internal val PATIENT: SessionOptions = SessionOptions(deadline = 120.seconds)

internal fun SessionOptions.withDeadline(seconds: Int) = SessionOptions(lockAfterIdle, lockInBackgroundAfter, seconds.seconds)

/** A name that nobody else has. */
internal fun freshName(): String = "ada-${UUID.randomUUID()}"

/** Runs a test against the server of an engine that all share. */
internal fun on(
    engine: Engine,
    test: suspend CoroutineScope.(KeyServerUnderTest) -> Unit,
) {
    val server = KeyServerUnderTest.shared(engine)
    runBlocking { test(server) }
}

/** What `block` fails with. */
internal suspend fun failure(block: suspend () -> Unit): LockKeeperException =
    try {
        block()
        throw AssertionError("the call succeeded")
    } catch (expected: LockKeeperException) {
        expected
    }

/** `block` fails with this code. */
internal suspend fun assertFails(
    code: Code,
    block: suspend () -> Unit,
): LockKeeperException = failure(block).also { assertEquals(code, it.code, it.detail) }
