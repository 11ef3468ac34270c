package io.lockkeeper.internal

import java.nio.ByteBuffer

/** Overwrites a direct buffer from its beginning to its capacity. */
internal fun ByteBuffer.overwrite() {
    clear()
    while (hasRemaining()) put(0)
    clear()
}

/** A direct copy of bytes. The caller overwrites both. */
internal fun direct(bytes: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(bytes.size).apply { put(bytes).flip() }

/**
 * Bytes that stay in one place, which the garbage collector does not move and copy, until they are overwritten.
 *
 * Takes `bytes` over, from position 0 to the limit.
 */
internal class WipedBytes(
    private val bytes: ByteBuffer,
) {
    private var wiped = false

    /** How many bytes there are, or were. */
    val size: Int = bytes.limit()

    /** Overwrites them. */
    @Synchronized
    fun wipe() {
        bytes.overwrite()
        wiped = true
    }

    /** A copy on the heap, which the caller overwrites; none after [wipe]. */
    @Synchronized
    fun copy(): ByteArray? = if (wiped) null else ByteArray(size).also { bytes.duplicate().get(it) }

    @Synchronized
    private fun directCopy(): ByteBuffer? = if (wiped) null else ByteBuffer.allocateDirect(size).apply { put(bytes.duplicate()).flip() }

    /** Lends a direct copy that nobody else can wipe meanwhile, and overwrites it. Throws what `gone` makes after [wipe]. */
    fun <R> lend(
        block: (ByteBuffer) -> R,
        gone: () -> Exception,
    ): R {
        val copy = directCopy() ?: throw gone()
        return try {
            block(copy)
        } finally {
            copy.overwrite()
        }
    }
}
