package io.lockkeeper.internal

/** Says that nobody waits for a call any more. */
internal class Cancellation {
    private var cancelled = false
    private var action: (() -> Unit)? = null

    /** Ends the wait. It may come before anybody waits. */
    fun cancel() {
        val due =
            synchronized(this) {
                cancelled = true
                action
            }
        due?.invoke()
    }

    /** Has `action` run when the wait is to end, on the thread that ends it: at once where that has happened already. */
    fun onCancel(action: () -> Unit) {
        val due =
            synchronized(this) {
                this.action = action
                cancelled
            }
        if (due) action()
    }

    /** The call has ended: there is nothing left to cancel. */
    @Synchronized
    fun ended() {
        action = null
    }
}
