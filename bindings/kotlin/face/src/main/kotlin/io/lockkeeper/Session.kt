package io.lockkeeper

import io.lockkeeper.internal.AuditPlace
import io.lockkeeper.internal.Call
import io.lockkeeper.internal.LockWatch
import io.lockkeeper.internal.OpenAccount
import io.lockkeeper.internal.Worker
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.flow

/**
 * The unlocked account. It keeps the credentials in memory that is wiped when it locks: by [lock], after a time without use, or
 * when the app has been in the background ([SessionOptions]).
 *
 * Calls come from any thread, suspend without blocking it, and queue inside. Cancelling one ends the wait at once: before anything that
 * acts was sent, nothing has happened; afterwards it is finished in the background until its deadline, so that no write is cut in half.
 * They throw [LockKeeperException] and `CancellationException`; any of them may fail with [Code.SESSION_LOCKED],
 * [Code.PASSWORD_CHANGED], or for want of a network, and the codes that are named besides are its own.
 */
public class Session internal constructor(
    private val open: OpenAccount,
    private val options: SessionOptions,
    private val worker: Worker,
) : AutoCloseable {
    private val watch = LockWatch(open, options.lockAfterIdle, options.lockInBackgroundAfter, worker.scope)

    /** The prepared account name (RFC 8265). */
    public val account: String = open.name

    /**
     * Whether it is unlocked. A lock for want of use is shown when a timer runs out, which may be late after the device has slept; the
     * keys are not late: no call gets them after the time.
     */
    public val state: StateFlow<SessionState> get() = watch.state

    /** A fresh id for a secret. Save it, then call [generate] or [importSecret] with it: a retry after the process died is safe. */
    public fun newSecretId(): SecretId = SecretId.random()

    /**
     * Makes a random secret and keeps it on the server. Called again with the same `id`, length and label it answers with what it made
     * the first time.
     *
     * @param bytes how many bytes, 1 to 32,768; else [Code.SECRET_TOO_LARGE]
     * @param label up to 256 bytes of UTF-8, else [Code.LABEL_TOO_LONG]; the server cannot read it
     * @param id the secret's id, or null to draw one; [Code.SECRET_ID_TAKEN] and [Code.SECRET_DELETED] where it was used
     * @throws LockKeeperException also with [Code.QUOTA_REACHED]
     */
    @JvmSynthetic
    public suspend fun generate(
        bytes: Int = 32,
        label: String? = null,
        id: SecretId? = null,
    ): Secret = perform(discard = Secret::close) { open.generate(bytes, label, id, it) }

    /**
     * Keeps a secret that the app brings on the server. Called again with the same `id`, bytes and label it succeeds.
     *
     * @param bytes 1 to 32,768 bytes, else [Code.SECRET_TOO_LARGE]; they stay the caller's to wipe
     * @param label up to 256 bytes of UTF-8, else [Code.LABEL_TOO_LONG]; the server cannot read it
     * @param id the secret's id, or null to draw one; [Code.SECRET_ID_TAKEN] and [Code.SECRET_DELETED] where it was used
     * @throws LockKeeperException also with [Code.QUOTA_REACHED]
     */
    @JvmSynthetic
    public suspend fun importSecret(
        bytes: SecretBytes,
        label: String? = null,
        id: SecretId? = null,
    ): SecretInfo = perform { open.importSecret(bytes, label, id, it) }

    /**
     * Fetches a secret.
     *
     * @param purpose what for; it goes into the audit log
     * @throws LockKeeperException also with [Code.SECRET_NOT_FOUND], [Code.SECRET_DELETED], [Code.DATA_TAMPERED]
     */
    @JvmSynthetic
    public suspend fun retrieve(
        id: SecretId,
        purpose: Purpose = Purpose.UNSPECIFIED,
    ): Secret = perform(discard = Secret::close) { open.retrieve(id, purpose, it) }

    /**
     * Fetches a secret in the exchange format, to hand it to another system: length, secret, length of the associated data, associated
     * data, with one byte for each length.
     *
     * @throws LockKeeperException also with [Code.TOO_LARGE_TO_EXPORT] above 255 bytes, and as [retrieve]
     */
    @JvmSynthetic
    public suspend fun export(id: SecretId): SecretBytes = perform(discard = SecretBytes::wipe) { open.export(id, it) }

    /**
     * Lists secrets in the order of their ids, with their labels. No secret is read, and the log shows no retrieval.
     *
     * @param after begins behind this id
     * @param limit how many at most; pages of the protocol are turned inside
     */
    @JvmSynthetic
    public suspend fun list(
        after: SecretId? = null,
        limit: Int = 100,
    ): List<SecretInfo> = perform { open.list(after, limit, it) }

    /**
     * Deletes a secret for good. Its id is never used again.
     *
     * @throws LockKeeperException also with [Code.SECRET_NOT_FOUND], [Code.SECRET_DELETED]
     */
    @JvmSynthetic
    public suspend fun delete(id: SecretId): Unit = perform { open.delete(id, it) }

    /**
     * The account's log, newest first, verified page by page before an entry is emitted. The flow is cold: each collection begins anew
     * at the newest entry, and fetches a page when the collector wants it.
     *
     * @throws LockKeeperException while it is collected, also with [Code.AUDIT_TAMPERED]
     */
    public fun audit(filter: AuditFilter = AuditFilter()): Flow<AuditEntry> =
        flow {
            var place: AuditPlace? = null
            do {
                val from = place
                val page = perform { open.audit(filter, from, it) }
                page.entries.forEach { emit(it) }
                place = page.next
            } while (place != null)
        }

    /**
     * Changes the password. No secret is touched; other sessions of the account end.
     *
     * @throws LockKeeperException also with [Code.WRONG_NAME_OR_PASSWORD] where `old` is wrong, [Code.PASSWORD_INVALID],
     *   [Code.OUTCOME_UNKNOWN]: then the next call finds out
     */
    @JvmSynthetic
    public suspend fun changePassword(
        old: Password,
        new: Password,
        progress: ProgressListener? = null,
    ): Unit = perform(progress) { open.changePassword(old, new, it) }

    /**
     * Deletes the account with all its secrets and its log, for good, and locks the session.
     *
     * @throws LockKeeperException also with [Code.WRONG_NAME_OR_PASSWORD]
     */
    @JvmSynthetic
    public suspend fun deleteAccount(password: Password): Unit = perform { open.deleteAccount(password, it) }

    /**
     * What opens this account later without the password. Returns at once.
     *
     * @throws LockKeeperException with [Code.SESSION_LOCKED], or [Code.SERVER_BUSY] while a call of this session is under way
     */
    @Throws(LockKeeperException::class)
    public fun deviceUnlock(): DeviceUnlock = open.deviceUnlock()

    /** Wipes the keys. Calls that were not sent yet end with [Code.SESSION_LOCKED]; one that was sent is finished. Returns at once. */
    public fun lock() {
        open.lock()
        watch.end()
    }

    /** The same as [lock]. */
    override fun close() {
        lock()
    }

    override fun toString(): String = "Session"

    internal fun enteredBackground() {
        watch.enteredBackground()
    }

    internal fun enteredForeground() {
        watch.enteredForeground()
    }

    private suspend fun <T> perform(
        progress: ProgressListener? = null,
        discard: (T) -> Unit = {},
        block: (Call) -> T,
    ): T =
        try {
            worker.run(options.deadline, progress, discard, block)
        } finally {
            watch.used()
        }
}
