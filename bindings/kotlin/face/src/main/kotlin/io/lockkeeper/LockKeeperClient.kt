package io.lockkeeper

import io.lockkeeper.internal.Call
import io.lockkeeper.internal.KeyServer
import io.lockkeeper.internal.OpenAccount
import io.lockkeeper.internal.OpenSessions
import io.lockkeeper.internal.Worker
import io.lockkeeper.internal.library.LibraryKeyServer
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/**
 * One key server. An app has one client of it for as long as it runs.
 *
 * Making one does no I/O and loads nothing; the first call loads the native library, on a thread of the dispatcher. Calls come from any
 * thread, suspend without blocking it, and throw [LockKeeperException] and `CancellationException` alone. From Java use
 * [LockKeeperFutures].
 */
public class LockKeeperClient internal constructor(
    private val server: KeyServer,
    dispatcher: CoroutineDispatcher,
) {
    /**
     * A client of a key server.
     *
     * @param config which server
     * @param store where this device keeps what tells an honest server from one that was set back
     * @param observer is told of each operation that ended
     * @param io runs what blocks; at most eight of its threads at once
     */
    @JvmOverloads
    public constructor(
        config: ServerConfig,
        store: LocalStore,
        observer: Observer? = null,
        io: CoroutineDispatcher = Dispatchers.IO,
    ) : this(LibraryKeyServer(config, store, observer), io)

    private val worker = Worker(dispatcher)
    private val sessions = OpenSessions()

    @Volatile
    private var inBackground = false

    /**
     * Loads the native library and checks the configuration, so that the first call is sooner begun. No need to call it.
     *
     * @throws LockKeeperException with [Code.CONFIG_INVALID]; its detail names the field
     */
    @JvmSynthetic
    public suspend fun checkConfig(): Unit = worker.run(OPTIONS.deadline) { server.checkConfig() }

    /**
     * Creates the account, or completes one that this password half-made. The password cannot be reset by anybody.
     *
     * @param account 1 to 254 bytes of UTF-8 after preparation (RFC 8265), else [Code.ACCOUNT_NAME_INVALID]
     * @param password stays the caller's to wipe
     * @param ticket what the provider gave out for this registration, where it asks for one
     * @throws LockKeeperException also with [Code.ACCOUNT_NAME_TAKEN], [Code.REGISTRATION_CLOSED], [Code.PASSWORD_INVALID],
     *   [Code.TICKET_REFUSED], [Code.STORE_UNAVAILABLE]
     */
    @JvmSynthetic
    public suspend fun register(
        account: String,
        password: Password,
        ticket: ByteArray? = null,
        options: SessionOptions = SessionOptions(),
        progress: ProgressListener? = null,
    ): Session = open(options, progress) { call -> server.register(account, password, ticket, options, call) }

    /**
     * Unlocks by password: one Argon2id (64 MiB), two round trips.
     *
     * @param password stays the caller's to wipe
     * @throws LockKeeperException also with [Code.WRONG_NAME_OR_PASSWORD], [Code.TOO_MANY_ATTEMPTS], [Code.NOT_ENOUGH_MEMORY],
     *   [Code.ROLLED_BACK], [Code.STORE_UNAVAILABLE], [Code.STORE_CORRUPT]
     */
    @JvmSynthetic
    public suspend fun openSession(
        account: String,
        password: Password,
        options: SessionOptions = SessionOptions(),
        progress: ProgressListener? = null,
    ): Session = open(options, progress) { call -> server.openSession(account, password, options, call) }

    /**
     * Unlocks without Argon2id.
     *
     * @param unlock stays the caller's to wipe
     * @throws LockKeeperException also with [Code.DEVICE_UNLOCK_STALE] after a change of the password, and
     *   [Code.DEVICE_UNLOCK_INVALIDATED]
     */
    @JvmSynthetic
    public suspend fun openSession(
        unlock: DeviceUnlock,
        options: SessionOptions = SessionOptions(),
    ): Session = open(options, null) { call -> server.openSession(unlock, options, call) }

    /**
     * Removes what this device knows of an account: its next login is that of a new device. The account itself stays.
     *
     * @throws LockKeeperException with [Code.STORE_UNAVAILABLE], [Code.ACCOUNT_NAME_INVALID]
     */
    @JvmSynthetic
    public suspend fun forget(account: String): Unit = worker.run(OPTIONS.deadline) { server.forget(account) }

    /**
     * The app went to the background: connections are dropped, and sessions lock when that lasts, those too that are opened meanwhile. On
     * Android `LockKeeperLifecycle` calls it. Returns at once.
     */
    public fun enteredBackground() {
        inBackground = true
        worker.aside { server.dropConnections() }
        tell(Session::enteredBackground)
    }

    /** The app is in the foreground again. Returns at once. */
    public fun enteredForeground() {
        inBackground = false
        tell(Session::enteredForeground)
    }

    /** Each by itself, so that one that fails keeps nothing from the others. They are taken now: later nobody else may hold them. */
    private fun tell(what: (Session) -> Unit) {
        for (session in sessions.all()) worker.aside { what(session) }
    }

    private suspend fun open(
        options: SessionOptions,
        progress: ProgressListener?,
        block: (Call) -> OpenAccount,
    ): Session =
        worker.run(options.deadline, progress, Session::close) { call ->
            Session(block(call), options, worker).also(sessions::add).also(::tellWhereTheAppIs)
        }

    /** One that is opened when the app has gone to the background already was not there to hear of it. */
    private fun tellWhereTheAppIs(session: Session) {
        if (!inBackground) return
        session.enteredBackground()
        // It may have come back since, and this one may have heard of that too early.
        if (!inBackground) session.enteredForeground()
    }

    private companion object {
        val OPTIONS = SessionOptions()
    }
}
