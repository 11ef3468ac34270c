package io.lockkeeper

/**
 * Which entries of the audit log an app wants to see. The log is filtered on the device, so that the server cannot hide an entry
 * behind a filter.
 *
 * @property kind only of this kind
 * @property secrets only about these secrets; empty is about all and none
 * @property afterMillis only at this time or later: milliseconds since the Unix epoch, by the server's clock
 * @property beforeMillis only before this time
 */
public class AuditFilter
    @JvmOverloads
    constructor(
        public val kind: AuditKind? = null,
        public val secrets: List<SecretId> = emptyList(),
        public val afterMillis: Long? = null,
        public val beforeMillis: Long? = null,
    )

/** What an entry is about. */
public enum class AuditKind {
    /** Attempts to log in, and those that were turned away. */
    LOGIN,

    /** Secrets: generate, import, retrieve, list, delete. */
    SECRET,

    /** The account itself: registration, password, log, deletion. */
    ACCOUNT,
}

/** How what an entry is about has ended. */
public enum class Outcome {
    /** It happened. */
    SUCCEEDED,

    /** It was refused and had no effect. */
    REFUSED,

    /** A login was begun and never proven: a wrong password, or a device that went away. */
    NEVER_FINISHED,
}

/**
 * One verified entry of the audit log.
 *
 * @property n its place in the log, from 0
 * @property atMillis when, by the server's clock: milliseconds since the Unix epoch
 * @property kind what it is about
 * @property action what was done, as a stable string in snake_case, such as `retrieve_local_only`: an open set
 * @property secret the secret that it is about
 * @property outcome how it ended
 * @property count how many attempts the entry stands for
 * @property knownDevice of a login: whether it came from a device that had logged in before
 */
public class AuditEntry(
    public val n: Long,
    public val atMillis: Long,
    public val kind: AuditKind,
    public val action: String,
    public val secret: SecretId?,
    public val outcome: Outcome,
    public val count: Long,
    public val knownDevice: Boolean?,
) {
    private val parts get() = listOf(n, atMillis, kind, action, secret, outcome, count, knownDevice)

    override fun equals(other: Any?): Boolean = other is AuditEntry && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "AuditEntry($n, $action, $outcome)"
}
