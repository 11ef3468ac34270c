package io.lockkeeper.testing

import io.lockkeeper.AuditEntry
import io.lockkeeper.AuditFilter
import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockReason
import io.lockkeeper.Origin
import io.lockkeeper.Password
import io.lockkeeper.Phase
import io.lockkeeper.Purpose
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.SessionOptions
import io.lockkeeper.internal.AuditPage
import io.lockkeeper.internal.AuditPlace
import io.lockkeeper.internal.Call
import io.lockkeeper.internal.OpenAccount
import java.security.SecureRandom
import kotlin.time.Duration
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/** An unlocked account of the fake server. */
internal class FakeOpenAccount(
    private val server: FakeKeyServer,
    override val name: String,
    private val account: FakeAccount,
    private val options: SessionOptions,
) : OpenAccount {
    private var generation = account.generation
    private var usedAt: TimeMark = TimeSource.Monotonic.markNow()
    private var backgroundSince: TimeMark? = null
    private var locked: LockReason? = null
    private var listener: ((LockReason) -> Unit)? = null

    override fun generate(
        bytes: Int,
        label: String?,
        id: SecretId?,
        call: Call,
    ): Secret =
        perform(call) {
            val drawn = ByteArray(bytes.coerceIn(0, BEYOND)).also { SecureRandom().nextBytes(it) }
            account.keep(id ?: SecretId.random(), drawn, label, Origin.GENERATED)
        }

    override fun importSecret(
        bytes: SecretBytes,
        label: String?,
        id: SecretId?,
        call: Call,
    ): SecretInfo =
        perform(call) {
            val brought = bytes.lend(block = ::copy)
            account.keep(id ?: SecretId.random(), brought, label, Origin.IMPORTED).use { it.info }
        }

    override fun retrieve(
        id: SecretId,
        purpose: Purpose,
        call: Call,
    ): Secret =
        perform(call) {
            val action =
                when (purpose) {
                    Purpose.UNSPECIFIED -> "retrieve"
                    Purpose.LOCAL_ONLY -> "retrieve_local_only"
                    Purpose.EXPORT -> "retrieve_for_export"
                }
            account.find(id, action)
        }

    /** With associated data that has no meaning, since nothing is sealed here. */
    override fun export(
        id: SecretId,
        call: Call,
    ): SecretBytes =
        perform(call) {
            val secret = account.find(id, "retrieve_for_export")
            if (secret.bytes.size > MOST_EXPORTED) fail(Code.TOO_LARGE_TO_EXPORT)
            val data = name.toByteArray().copyOf(1)
            secret.bytes.use { SecretBytes(byteArrayOf(it.size.toByte()) + it + byteArrayOf(data.size.toByte()) + data) }
        }

    override fun list(
        after: SecretId?,
        limit: Int,
        call: Call,
    ): List<SecretInfo> = perform(call) { account.list(after, limit) }

    override fun delete(
        id: SecretId,
        call: Call,
    ) = perform(call) { account.delete(id) }

    override fun audit(
        filter: AuditFilter,
        from: AuditPlace?,
        call: Call,
    ): AuditPage =
        perform(call) {
            if (server.isTampered) fail(Code.AUDIT_TAMPERED)
            AuditPage(account.audit().filter { it passes filter }, next = null)
        }

    private infix fun AuditEntry.passes(filter: AuditFilter): Boolean =
        (filter.kind == null || kind == filter.kind) &&
            (filter.secrets.isEmpty() || secret in filter.secrets) &&
            atMillis >= (filter.afterMillis ?: Long.MIN_VALUE) &&
            atMillis < (filter.beforeMillis ?: Long.MAX_VALUE)

    override fun changePassword(
        old: Password,
        new: Password,
        call: Call,
    ) = perform(call, Phase.Stretching, Phase.Sending) {
        account.changePassword(bytes(old), bytes(new))
        generation = account.generation
    }

    override fun deleteAccount(
        password: Password,
        call: Call,
    ) {
        perform(call) {
            account.delete(bytes(password))
            server.remove(name)
        }
        lock(LockReason.ACCOUNT_DELETED)
    }

    override fun deviceUnlock(): DeviceUnlock {
        if (lockReason() != null) fail(Code.SESSION_LOCKED)
        return FakeUnlock.write(name, generation)
    }

    override fun lock() = lock(LockReason.REQUESTED)

    override fun lockReason(): LockReason? {
        val due =
            synchronized(this) {
                when {
                    locked != null -> null
                    over(usedAt, options.lockAfterIdle) -> LockReason.IDLE
                    over(backgroundSince, options.lockInBackgroundAfter) -> LockReason.BACKGROUND
                    else -> null
                }
            }
        due?.let(::lock)
        return synchronized(this) { locked }
    }

    private fun over(
        since: TimeMark?,
        limit: Duration?,
    ): Boolean = since != null && limit != null && since.elapsedNow() >= limit

    override fun onLock(listener: (LockReason) -> Unit) {
        synchronized(this) { this.listener = listener }
        lockReason()?.let(::tell)
    }

    @Synchronized
    override fun enteredBackground() {
        backgroundSince = backgroundSince ?: TimeSource.Monotonic.markNow()
    }

    override fun enteredForeground() {
        lockReason()
        synchronized(this) { backgroundSince = null }
    }

    private fun lock(reason: LockReason) {
        val first = synchronized(this) { (locked == null).also { if (it) locked = reason } }
        if (first) tell(reason)
    }

    private fun tell(reason: LockReason) {
        synchronized(this) { listener.also { listener = null } }?.invoke(reason)
    }

    private fun <T> perform(
        call: Call,
        vararg phases: Phase,
        block: () -> T,
    ): T {
        if (lockReason() != null) fail(Code.SESSION_LOCKED)
        server.begin(call, *phases)
        if (lockReason() != null) fail(Code.SESSION_LOCKED)
        if (account.isDeleted || account.generation != generation) {
            lock(if (account.isDeleted) LockReason.ACCOUNT_DELETED else LockReason.PASSWORD_CHANGED)
            fail(if (account.isDeleted) Code.SESSION_LOCKED else Code.PASSWORD_CHANGED)
        }
        return block().also { synchronized(this) { usedAt = TimeSource.Monotonic.markNow() } }
    }

    private companion object {
        const val MOST_EXPORTED = 255

        /** More than any secret has, and no more than memory holds. */
        const val BEYOND = 32_769
    }
}
