package io.lockkeeper

import io.lockkeeper.internal.WipedBytes
import io.lockkeeper.internal.direct
import java.nio.ByteBuffer
import java.security.MessageDigest

/**
 * The bytes of a secret, outside the garbage collector's reach and overwritten by [wipe].
 *
 * A call only borrows it: wipe it when you need it no more. Two are equal when their bytes are, compared in constant time. Its
 * [toString] says nothing.
 */
public class SecretBytes private constructor(
    private val held: WipedBytes,
) : AutoCloseable {
    /** Takes a copy of `bytes`, which the caller overwrites. */
    public constructor(bytes: ByteArray) : this(WipedBytes(direct(bytes)))

    /** How many bytes there are. */
    public val size: Int get() = held.size

    /**
     * Lends a copy of the bytes to `block`, and overwrites it afterwards: do not keep the array.
     *
     * @throws IllegalStateException after [wipe]
     */
    public fun <R> use(block: (ByteArray) -> R): R {
        val copy = checkNotNull(held.copy()) { "The secret was wiped." }
        return try {
            block(copy)
        } finally {
            copy.fill(0)
        }
    }

    /** Overwrites them. */
    public fun wipe() {
        held.wipe()
    }

    /** The same as [wipe]. */
    override fun close() {
        wipe()
    }

    override fun equals(other: Any?): Boolean {
        if (this === other) return true
        val mine = held.copy() ?: return false
        val theirs = (other as? SecretBytes)?.held?.copy()
        return try {
            theirs != null && MessageDigest.isEqual(mine, theirs)
        } finally {
            mine.fill(0)
            theirs?.fill(0)
        }
    }

    /** That of the length alone: a hash of the bytes would tell of them. */
    override fun hashCode(): Int = size

    override fun toString(): String = "SecretBytes($size)"

    /** Lends a copy in a direct buffer, which is overwritten when `block` has ended; fails with the code `gone` after [wipe]. */
    internal fun <R> lend(
        gone: Code = Code.SECRET_TOO_LARGE,
        block: (ByteBuffer) -> R,
    ): R = held.lend(block) { LockKeeperException(gone, detail = "it was wiped") }

    internal companion object {
        /** Moves what the library gave into a `SecretBytes`: `bytes` is overwritten. */
        fun moved(bytes: ByteArray): SecretBytes = SecretBytes(bytes).also { bytes.fill(0) }
    }
}
