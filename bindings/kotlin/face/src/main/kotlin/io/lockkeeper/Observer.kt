package io.lockkeeper

/** Is told of each operation that ended, for an app's own metrics. */
public fun interface Observer {
    /** An operation has ended, well or not. Called on a worker thread; it must return soon, and what it throws is ignored. */
    public fun ended(event: OperationEvent)
}

/**
 * One operation has ended. There are no names, ids or secrets in it.
 *
 * @property op the operation's stable string in snake_case, such as `open_session`: an open set
 * @property millis milliseconds that it took, waiting included
 * @property bytes bytes of HTTP bodies sent and received
 * @property attempts how many exchanges were sent again because of a failure, plus one
 * @property code what it failed with; null is success
 */
public class OperationEvent(
    public val op: String,
    public val millis: Long,
    public val bytes: Long,
    public val attempts: Int,
    public val code: Code?,
) {
    override fun toString(): String = "OperationEvent($op, $millis ms, $bytes bytes, $attempts, $code)"
}
