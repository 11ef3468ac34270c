package io.lockkeeper.jvm

import io.lockkeeper.LocalStore
import io.lockkeeper.StoreException
import io.lockkeeper.StoreFailure
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE

/**
 * Keeps slots in the files of a directory, which is made where it is not there. A value is written beside the old one and takes its
 * place when it is on the disk.
 *
 * @property directory where; give each app one of its own, and nobody else the right to write there
 */
public class FileStore(
    private val directory: Path,
) : LocalStore {
    override fun get(slot: String): ByteArray? =
        failing {
            try {
                Files.readAllBytes(file(slot))
            } catch (_: NoSuchFileException) {
                null
            }
        }

    override fun put(
        slot: String,
        value: ByteArray,
    ) {
        failing {
            Files.createDirectories(directory)
            val fresh = directory.resolve("$slot.new")
            FileChannel.open(fresh, WRITE, CREATE, TRUNCATE_EXISTING).use { channel ->
                val left = ByteBuffer.wrap(value)
                while (left.hasRemaining()) channel.write(left)
                channel.force(true)
            }
            Files.move(fresh, file(slot), ATOMIC_MOVE)
            syncDirectory()
        }
    }

    override fun remove(slot: String) {
        failing { if (Files.deleteIfExists(file(slot))) syncDirectory() }
    }

    private fun file(slot: String): Path = directory.resolve("$slot.slot")

    /** Some systems, Windows for one, do not open directories; there the move is as lasting as it gets. */
    private fun syncDirectory() {
        runCatching { FileChannel.open(directory, READ).use { it.force(true) } }
    }

    private inline fun <T> failing(block: () -> T): T =
        try {
            block()
        } catch (failure: IOException) {
            throw StoreException(StoreFailure.OTHER, failure)
        }
}
