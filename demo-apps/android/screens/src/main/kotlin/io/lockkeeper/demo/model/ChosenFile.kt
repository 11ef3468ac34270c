package io.lockkeeper.demo.model

import io.lockkeeper.SecretBytes
import java.io.IOException
import java.io.InputStream

/**
 * A file that was chosen.
 *
 * @property name its name, without its folder
 * @property contents what is in it
 */
class ChosenFile(
    val name: String,
    val contents: SecretBytes,
) : AutoCloseable {
    /** Wipes the contents. */
    override fun close() {
        contents.wipe()
    }

    /** Reads files. */
    companion object {
        /** A secret has 32 KiB at most. One byte more is enough for the file to be refused, and no file is too large for the memory. */
        private const val LIMIT = 32 * 1024 + 1

        /**
         * Reads the beginning of a file, as much as is needed to keep it or to refuse it.
         *
         * @throws IOException where it cannot be read
         */
        @Throws(IOException::class)
        fun read(
            name: String,
            stream: InputStream,
        ): ChosenFile {
            val buffer = ByteArray(LIMIT)
            var size = 0
            while (size < LIMIT) {
                val read = stream.read(buffer, size, LIMIT - size)
                if (read < 0) break
                size += read
            }
            val contents = buffer.copyOf(size)
            return ChosenFile(name, SecretBytes(contents)).also {
                contents.fill(0)
                buffer.fill(0)
            }
        }
    }
}
