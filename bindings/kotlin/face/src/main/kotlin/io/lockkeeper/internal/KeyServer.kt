package io.lockkeeper.internal

import io.lockkeeper.AuditEntry
import io.lockkeeper.AuditFilter
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockReason
import io.lockkeeper.Password
import io.lockkeeper.ProgressListener
import io.lockkeeper.Purpose
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.SessionOptions
import kotlin.time.Duration

/**
 * What the face stands on: the native library, or the fake of lock-keeper-testing. Every method blocks until it is done or its call is
 * cancelled, comes from any thread, and throws `LockKeeperException` alone.
 */
internal interface KeyServer {
    /** Throws where the configuration is not valid. */
    fun checkConfig()

    fun register(
        account: String,
        password: Password,
        ticket: ByteArray?,
        options: SessionOptions,
        call: Call,
    ): OpenAccount

    fun openSession(
        account: String,
        password: Password,
        options: SessionOptions,
        call: Call,
    ): OpenAccount

    fun openSession(
        unlock: DeviceUnlock,
        options: SessionOptions,
        call: Call,
    ): OpenAccount

    fun forget(account: String)

    /** Drops the connections that are kept open. Loads nothing. */
    fun dropConnections()
}

/** The unlocked account, as a [KeyServer] has it. What does not take a [Call] returns at once. */
internal interface OpenAccount {
    /** The prepared account name. */
    val name: String

    fun generate(
        bytes: Int,
        label: String?,
        id: SecretId?,
        call: Call,
    ): Secret

    fun importSecret(
        bytes: SecretBytes,
        label: String?,
        id: SecretId?,
        call: Call,
    ): SecretInfo

    fun retrieve(
        id: SecretId,
        purpose: Purpose,
        call: Call,
    ): Secret

    fun export(
        id: SecretId,
        call: Call,
    ): SecretBytes

    fun list(
        after: SecretId?,
        limit: Int,
        call: Call,
    ): List<SecretInfo>

    fun delete(
        id: SecretId,
        call: Call,
    )

    fun audit(
        filter: AuditFilter,
        from: AuditPlace?,
        call: Call,
    ): AuditPage

    fun changePassword(
        old: Password,
        new: Password,
        call: Call,
    )

    fun deleteAccount(
        password: Password,
        call: Call,
    )

    fun deviceUnlock(): DeviceUnlock

    /** Wipes the keys, and lets go of everything: each later call ends with `session_locked`. */
    fun lock()

    /** Why it is locked; null where it is not. It may find out by being asked. */
    fun lockReason(): LockReason?

    /** Has `listener` told once when it locks, at once where it is locked already. Never call back into the account from there. */
    fun onLock(listener: (LockReason) -> Unit)

    fun enteredBackground()

    fun enteredForeground()
}

/** A page of the audit log, newest first, and where the next older one is; null at the beginning of the log. */
internal class AuditPage(
    val entries: List<AuditEntry>,
    val next: AuditPlace?,
)

/** A place in the audit log. It serves for one page. */
internal interface AuditPlace

/** Deadline, cancellation and progress of one call. */
internal class Call(
    val deadline: Duration,
    val cancellation: Cancellation,
    val progress: ProgressListener?,
)
