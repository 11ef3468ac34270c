package io.lockkeeper.internal.library

import io.lockkeeper.Code
import io.lockkeeper.LocalStore
import io.lockkeeper.LockReason
import io.lockkeeper.Observer
import io.lockkeeper.OperationEvent
import io.lockkeeper.ProgressListener
import io.lockkeeper.StoreException
import io.lockkeeper.StoreFailure
import io.lockkeeper.ffi.FfiLocalStore
import io.lockkeeper.ffi.FfiLockListener
import io.lockkeeper.ffi.FfiLockReason
import io.lockkeeper.ffi.FfiObserver
import io.lockkeeper.ffi.FfiOperationEvent
import io.lockkeeper.ffi.FfiPhase
import io.lockkeeper.ffi.FfiProgressListener
import io.lockkeeper.ffi.FfiStoreException

/** The app's store, as the library calls it. */
internal class Store(
    private val store: LocalStore,
) : FfiLocalStore {
    override fun get(slot: String): ByteArray? = failing { store.get(slot) }

    override fun put(
        slot: String,
        value: ByteArray,
    ) = failing { store.put(slot, value) }

    override fun remove(slot: String) = failing { store.remove(slot) }

    private inline fun <T> failing(block: () -> T): T =
        try {
            block()
        } catch (failure: StoreException) {
            throw when (failure.failure) {
                StoreFailure.UNAVAILABLE -> FfiStoreException.Unavailable()
                StoreFailure.CORRUPT -> FfiStoreException.Corrupt()
                StoreFailure.OTHER -> FfiStoreException.Other()
            }
        }
}

/** The app's observer, as the library calls it. */
internal class Observing(
    private val observer: Observer,
) : FfiObserver {
    override fun ended(event: FfiOperationEvent) {
        observer.ended(
            OperationEvent(
                op = event.op,
                millis = event.millis.toLong(),
                bytes = event.bytes.toLong(),
                attempts = event.attempts.toInt(),
                code = event.code?.let(::Code),
            ),
        )
    }
}

/** The app's progress listener, as the library calls it. */
internal class Progress(
    private val listener: ProgressListener,
) : FfiProgressListener {
    override fun onPhase(phase: FfiPhase) {
        listener.onPhase(phase.toFace())
    }
}

/** Whoever wants to know of a lock, as the library calls it. */
internal class Locking(
    private val listener: (LockReason) -> Unit,
) : FfiLockListener {
    override fun onLock(reason: FfiLockReason) {
        listener(reason.toFace())
    }
}
