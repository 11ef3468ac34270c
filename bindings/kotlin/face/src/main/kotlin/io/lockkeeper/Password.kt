package io.lockkeeper

import io.lockkeeper.internal.WipedBytes
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction
import java.nio.charset.StandardCharsets

/**
 * What the person typed, outside the garbage collector's reach and overwritten by [wipe].
 *
 * A call only borrows it: wipe it when you need it no more, best with `use`. What you copied it from is yours to clear: the
 * `CharArray` can be overwritten, a text field's own buffer and a `String` cannot. Its [toString] says nothing.
 *
 * A password has 1 to 1024 bytes of UTF-8 after preparation (RFC 8265); each call checks that and fails with
 * [Code.PASSWORD_INVALID].
 */
public class Password private constructor(
    private val utf8: WipedBytes,
) : AutoCloseable {
    /** Takes a copy of `chars`, which the caller overwrites. */
    public constructor(chars: CharArray) : this(encode(CharBuffer.wrap(chars)))

    /** Takes a copy of `text`: that of an `EditText`, for one. A `String` cannot be overwritten, so prefer the other constructor. */
    public constructor(text: CharSequence) : this(encode(CharBuffer.wrap(text)))

    /** Overwrites it. A call that is given it afterwards fails with [Code.PASSWORD_INVALID]. */
    public fun wipe() {
        utf8.wipe()
    }

    /** The same as [wipe]. */
    override fun close() {
        wipe()
    }

    override fun toString(): String = "Password"

    /** Lends a copy in a direct buffer, which is overwritten when `block` has ended. */
    internal fun <R> lend(block: (ByteBuffer) -> R): R =
        utf8.lend(block) { LockKeeperException(Code.PASSWORD_INVALID, detail = "it was wiped") }

    private companion object {
        /** They hold each `char`: a pair of surrogates has four. */
        const val BYTES_PER_CHAR = 3

        /** What is no text becomes `?`, as in Java's own encoder. */
        fun encode(chars: CharBuffer): WipedBytes {
            val direct = ByteBuffer.allocateDirect(chars.remaining() * BYTES_PER_CHAR)
            StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(chars, direct, true)
            direct.flip()
            return WipedBytes(direct)
        }
    }
}
