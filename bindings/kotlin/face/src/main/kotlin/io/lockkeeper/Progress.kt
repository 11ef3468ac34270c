package io.lockkeeper

/** How far a call is. An app may show it; it must not build on the order. */
public sealed interface Phase {
    /** Reaching the key server. */
    public data object Connecting : Phase

    /** Stretching the password with Argon2id: 64 MiB, about a second. */
    public data object Stretching : Phase

    /** Proving the password to the key server. */
    public data object Proving : Phase

    /** Sending the request. */
    public data object Sending : Phase

    /**
     * Waiting before the request is sent again.
     *
     * @property attempt how many times it was sent so far
     */
    public class Waiting(
        public val attempt: Int,
    ) : Phase {
        override fun equals(other: Any?): Boolean = other is Waiting && other.attempt == attempt

        override fun hashCode(): Int = attempt

        override fun toString(): String = "Waiting($attempt)"
    }
}

/** Is told how far a call is. */
public fun interface ProgressListener {
    /** The call has reached `phase`. Called on a worker thread; what it throws is ignored. */
    public fun onPhase(phase: Phase)
}
