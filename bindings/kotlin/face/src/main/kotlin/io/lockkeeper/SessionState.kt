package io.lockkeeper

/** Whether a session is unlocked. */
public sealed interface SessionState {
    /** It holds the account's keys. */
    public data object Unlocked : SessionState

    /**
     * The keys are wiped, for good: open a new session.
     *
     * @property reason why
     */
    public class Locked(
        public val reason: LockReason,
    ) : SessionState {
        override fun equals(other: Any?): Boolean = other is Locked && other.reason == reason

        override fun hashCode(): Int = reason.hashCode()

        override fun toString(): String = "Locked($reason)"
    }
}

/** Why a session has locked. Later releases may add reasons. */
public enum class LockReason {
    /** The app asked for it. */
    REQUESTED,

    /** It was not used for as long as the options say. */
    IDLE,

    /** The app was in the background for as long as the options say. */
    BACKGROUND,

    /** The password was changed on another device. */
    PASSWORD_CHANGED,

    /** The account was deleted. */
    ACCOUNT_DELETED,

    /** A reason that this release does not know. */
    OTHER,
}
