package io.lockkeeper

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.future.future
import java.util.concurrent.CompletableFuture

/**
 * A [LockKeeperClient] for Java: a future for each suspending call. A future fails with [LockKeeperException]; cancelling it
 * cancels the call.
 */
public class LockKeeperFutures private constructor(
    private val client: LockKeeperClient,
) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)

    /** [LockKeeperClient.checkConfig]. */
    public fun checkConfig(): CompletableFuture<Void?> = done { client.checkConfig() }

    /** [LockKeeperClient.register]. */
    @JvmOverloads
    public fun register(
        account: String,
        password: Password,
        ticket: ByteArray? = null,
        options: SessionOptions = SessionOptions.DEFAULT,
        progress: ProgressListener? = null,
    ): CompletableFuture<Session> = scope.future { client.register(account, password, ticket, options, progress) }

    /** [LockKeeperClient.openSession]. */
    @JvmOverloads
    public fun openSession(
        account: String,
        password: Password,
        options: SessionOptions = SessionOptions.DEFAULT,
        progress: ProgressListener? = null,
    ): CompletableFuture<Session> = scope.future { client.openSession(account, password, options, progress) }

    /** [LockKeeperClient.openSession]. */
    @JvmOverloads
    public fun openSession(
        unlock: DeviceUnlock,
        options: SessionOptions = SessionOptions.DEFAULT,
    ): CompletableFuture<Session> = scope.future { client.openSession(unlock, options) }

    /** [LockKeeperClient.forget]. */
    public fun forget(account: String): CompletableFuture<Void?> = done { client.forget(account) }

    /** [Session.generate]. */
    @JvmOverloads
    public fun generate(
        session: Session,
        bytes: Int,
        label: String? = null,
        id: SecretId? = null,
    ): CompletableFuture<Secret> = scope.future { session.generate(bytes, label, id) }

    /** [Session.importSecret]. */
    @JvmOverloads
    public fun importSecret(
        session: Session,
        bytes: SecretBytes,
        label: String? = null,
        id: SecretId? = null,
    ): CompletableFuture<SecretInfo> = scope.future { session.importSecret(bytes, label, id) }

    /** [Session.retrieve]. */
    @JvmOverloads
    public fun retrieve(
        session: Session,
        id: SecretId,
        purpose: Purpose = Purpose.UNSPECIFIED,
    ): CompletableFuture<Secret> = scope.future { session.retrieve(id, purpose) }

    /** [Session.export]. */
    public fun export(
        session: Session,
        id: SecretId,
    ): CompletableFuture<SecretBytes> = scope.future { session.export(id) }

    /** [Session.list]. */
    @JvmOverloads
    public fun list(
        session: Session,
        after: SecretId? = null,
        limit: Int = 100,
    ): CompletableFuture<List<SecretInfo>> = scope.future { session.list(after, limit) }

    /** [Session.delete]. */
    public fun delete(
        session: Session,
        id: SecretId,
    ): CompletableFuture<Void?> = done { session.delete(id) }

    /** [Session.audit], read to its end. */
    @JvmOverloads
    public fun audit(
        session: Session,
        filter: AuditFilter = AuditFilter(),
    ): CompletableFuture<List<AuditEntry>> = scope.future { session.audit(filter).toList() }

    /** [Session.changePassword]. */
    @JvmOverloads
    public fun changePassword(
        session: Session,
        old: Password,
        new: Password,
        progress: ProgressListener? = null,
    ): CompletableFuture<Void?> = done { session.changePassword(old, new, progress) }

    /** [Session.deleteAccount]. */
    public fun deleteAccount(
        session: Session,
        password: Password,
    ): CompletableFuture<Void?> = done { session.deleteAccount(password) }

    private fun done(block: suspend () -> Unit): CompletableFuture<Void?> =
        scope.future {
            block()
            null
        }

    /** Makes the futures of a client. */
    public companion object {
        /** The futures of `client`. */
        @JvmStatic
        public fun of(client: LockKeeperClient): LockKeeperFutures = LockKeeperFutures(client)
    }
}
