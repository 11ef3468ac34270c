package io.lockkeeper.internal.library

import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.ffi.FfiCall
import io.lockkeeper.ffi.FfiCancelToken
import io.lockkeeper.internal.Call
import kotlin.time.Duration

/** Runs a blocking call of the library with its deadline, its cancel token and its progress. */
internal inline fun <T> Call.carried(block: (FfiCall) -> T): T =
    crossing {
        if (deadline <= Duration.ZERO) throw LockKeeperException(Code.TIMED_OUT, detail = "it waited for its turn")
        val token = FfiCancelToken()
        // Whoever cancels may come when the call has just ended and the token is gone: then there is nothing to end.
        cancellation.onCancel { runCatching { token.cancel() } }
        try {
            block(FfiCall(deadline.inWholeMilliseconds.toULong(), token, progress?.let(::Progress)))
        } finally {
            cancellation.ended()
            token.destroy()
        }
    }
