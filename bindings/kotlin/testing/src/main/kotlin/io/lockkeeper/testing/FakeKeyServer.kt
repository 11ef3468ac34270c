package io.lockkeeper.testing

import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * A key server in memory, for the tests of apps. The clients that it hands out are real ones, with nothing behind them: no native
 * library, no network, no cryptography.
 *
 * It does what a server does for an honest app: accounts, secrets, several devices, a log, sessions that lock, passwords that change. It
 * prepares names by making them lower-case alone, and does not count guesses: bring about any failure with [failNext].
 *
 * @param latency how long each call takes
 */
public class FakeKeyServer(
    private val latency: Duration,
) {
    /** One that answers at once. */
    public constructor() : this(Duration.ZERO)

    private val accounts = mutableMapOf<String, FakeAccount>()
    private val failures = ConcurrentLinkedQueue<LockKeeperException>()

    @Volatile
    private var tampered = false

    /** A client, as on a device of its own. */
    @JvmOverloads
    public fun client(io: CoroutineDispatcher = Dispatchers.IO): LockKeeperClient = LockKeeperClient(FakeDevice(this), io)

    /** The next call of any client fails so, and does nothing. More than one queue up. */
    public fun failNext(failure: LockKeeperException) {
        failures += failure
    }

    /** From now on whoever reads a log finds that it was changed. */
    public fun tamperWithAudit() {
        tampered = true
    }

    internal val isTampered: Boolean get() = tampered

    internal fun nextFailure(): LockKeeperException? = failures.poll()

    internal val delay: Duration get() = latency

    @Synchronized
    internal fun account(name: String): FakeAccount? = accounts[name]

    /** The account; null where the name is taken by another password. */
    @Synchronized
    internal fun create(
        name: String,
        password: ByteArray,
    ): FakeAccount? {
        if (name in accounts) return null
        return FakeAccount(password).also { accounts[name] = it }
    }

    @Synchronized
    internal fun remove(name: String) {
        accounts.remove(name)
    }

    /** For Java. */
    public companion object {
        /** A server whose calls take so many milliseconds. */
        @JvmStatic
        public fun withLatencyMillis(millis: Long): FakeKeyServer = FakeKeyServer(millis.milliseconds)
    }
}
