package io.lockkeeper.internal.library

import io.lockkeeper.Advice
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.ffi.FfiAdvice
import io.lockkeeper.ffi.FfiException

/** Runs what crosses to the library. Whatever it throws leaves as a `LockKeeperException`. */
internal inline fun <T> crossing(block: () -> T): T = runCatching(block).getOrElse { throw translated(it) }

/** A library that panics, or that cannot be loaded, is a defect; what the virtual machine throws for want of memory is not ours. */
internal fun translated(failure: Throwable): Throwable =
    when (failure) {
        is LockKeeperException -> failure
        is FfiException.Failed -> failure.toFace()
        is Exception, is LinkageError -> LockKeeperException(Code.INTERNAL, cause = failure)
        else -> failure
    }

private fun FfiException.Failed.toFace() =
    LockKeeperException(
        code = Code(code),
        advice = advice.toFace(),
        message = sentence,
        retryAfterMillis = retryAfterMillis?.coerceAtMost(Long.MAX_VALUE.toULong())?.toLong(),
        mayHaveHappened = mayHaveHappened,
        requestId = requestId,
        detail = detail,
    )

internal fun FfiAdvice.toFace(): Advice =
    when (this) {
        FfiAdvice.FIX_INPUT -> Advice.FIX_INPUT
        FfiAdvice.ASK_PASSWORD -> Advice.ASK_PASSWORD
        FfiAdvice.WAIT -> Advice.WAIT
        FfiAdvice.RETRY -> Advice.RETRY
        FfiAdvice.CHECK_NETWORK -> Advice.CHECK_NETWORK
        FfiAdvice.CHECK_CLOCK -> Advice.CHECK_CLOCK
        FfiAdvice.UNLOCK_DEVICE -> Advice.UNLOCK_DEVICE
        FfiAdvice.UPDATE_APP -> Advice.UPDATE_APP
        FfiAdvice.CONTACT_SUPPORT -> Advice.CONTACT_SUPPORT
        FfiAdvice.BUG -> Advice.BUG
    }
