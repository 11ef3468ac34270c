package io.lockkeeper.testing

import io.lockkeeper.AuditEntry
import io.lockkeeper.AuditKind
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Origin
import io.lockkeeper.Outcome
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import java.util.TreeMap

/** What the fake server keeps of one account. */
internal class FakeAccount(
    private var password: ByteArray,
) {
    private val secrets = TreeMap<SecretId, Kept>()
    private val deleted = mutableSetOf<SecretId>()
    private val log = mutableListOf<AuditEntry>()

    /** Rises with each change of the password. */
    @get:Synchronized
    var generation: Int = 0
        private set

    @get:Synchronized
    var isDeleted: Boolean = false
        private set

    private class Kept(
        val info: SecretInfo,
        val bytes: ByteArray,
    )

    @Synchronized
    fun opens(guess: ByteArray): Boolean {
        val right = guess.contentEquals(password)
        note(AuditKind.LOGIN, "login", outcome = if (right) Outcome.SUCCEEDED else Outcome.NEVER_FINISHED)
        return right
    }

    @Synchronized
    fun registered() = note(AuditKind.ACCOUNT, "complete_registration")

    /** Keeps a secret, or answers the one that the same call has kept before. */
    @Synchronized
    fun keep(
        id: SecretId,
        bytes: ByteArray,
        label: String?,
        origin: Origin,
    ): Secret {
        if (bytes.size !in 1..MOST_BYTES) fail(Code.SECRET_TOO_LARGE)
        if ((label?.toByteArray()?.size ?: 0) > MOST_LABEL_BYTES) fail(Code.LABEL_TOO_LONG)
        if (id in deleted) fail(Code.SECRET_DELETED)
        val before = secrets[id]
        if (before == null) {
            secrets[id] = Kept(SecretInfo(id, label, origin, System.currentTimeMillis(), bytes.size), bytes)
            note(AuditKind.SECRET, if (origin == Origin.GENERATED) "generate" else "import", id)
        } else {
            val same = before.info.origin == origin && before.info.label == label && before.bytes.size == bytes.size
            if (!same || (origin == Origin.IMPORTED && !before.bytes.contentEquals(bytes))) fail(Code.SECRET_ID_TAKEN)
        }
        return secret(secrets.getValue(id))
    }

    @Synchronized
    fun find(
        id: SecretId,
        action: String,
    ): Secret {
        val found = kept(id)
        note(AuditKind.SECRET, action, id)
        return secret(found)
    }

    @Synchronized
    fun list(
        after: SecretId?,
        limit: Int,
    ): List<SecretInfo> {
        note(AuditKind.SECRET, "list")
        val rest = if (after == null) secrets else secrets.tailMap(after, false)
        return rest.values.take(limit.coerceAtLeast(0)).map { it.info }
    }

    @Synchronized
    fun delete(id: SecretId) {
        kept(id)
        secrets.remove(id)
        deleted += id
        note(AuditKind.SECRET, "delete", id)
    }

    /** The log, newest first. */
    @Synchronized
    fun audit(): List<AuditEntry> {
        note(AuditKind.ACCOUNT, "audit")
        return log.reversed()
    }

    @Synchronized
    fun changePassword(
        old: ByteArray,
        new: ByteArray,
    ) {
        if (!old.contentEquals(password)) fail(Code.WRONG_NAME_OR_PASSWORD)
        if (new.isEmpty()) fail(Code.PASSWORD_INVALID)
        password = new
        generation++
        note(AuditKind.ACCOUNT, "change_password")
    }

    @Synchronized
    fun delete(guess: ByteArray) {
        if (!guess.contentEquals(password)) fail(Code.WRONG_NAME_OR_PASSWORD)
        isDeleted = true
    }

    private fun kept(id: SecretId): Kept {
        if (id in deleted) fail(Code.SECRET_DELETED)
        return secrets[id] ?: fail(Code.SECRET_NOT_FOUND)
    }

    private fun secret(kept: Kept) = Secret(kept.info, SecretBytes(kept.bytes))

    private fun note(
        kind: AuditKind,
        action: String,
        secret: SecretId? = null,
        outcome: Outcome = Outcome.SUCCEEDED,
    ) {
        val known = if (kind == AuditKind.LOGIN) log.any { it.kind == AuditKind.LOGIN } else null
        log += AuditEntry(log.size.toLong(), System.currentTimeMillis(), kind, action, secret, outcome, 1, known)
    }

    private companion object {
        const val MOST_BYTES = 32_768
        const val MOST_LABEL_BYTES = 256
    }
}

internal fun fail(code: Code): Nothing = throw LockKeeperException(code)
