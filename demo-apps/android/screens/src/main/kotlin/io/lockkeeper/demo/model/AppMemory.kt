package io.lockkeeper.demo.model

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException
import java.util.Properties

/**
 * What the app remembers when its process has ended. None of it is secret.
 *
 * @property connectJson the settings of the key server
 * @property account who unlocked last
 */
data class Remembered(
    val connectJson: String? = null,
    val account: String? = null,
)

/**
 * The app's memory.
 *
 * @param locate where it is; asked off the main thread, since already that may touch the disk. It says whom the app believes: nobody but
 *   the app may write there
 */
class AppMemory(
    locate: () -> File,
) {
    private val file by lazy(locate)

    /** Who remembers first writes first: what was said last is what counts. */
    private val turn = Mutex()

    /** What was remembered last; nothing where that cannot be read. */
    internal suspend fun recall(): Remembered =
        inTurn {
            val found = Properties()
            try {
                file.inputStream().use(found::load)
            } catch (_: IOException) {
                // Then the app asks again.
            }
            Remembered(found.getProperty(CONNECT_JSON), found.getProperty(ACCOUNT))
        }

    /** Remembers this, and nothing else; nothing at all where it cannot be written. */
    internal suspend fun remember(what: Remembered) {
        inTurn {
            val kept = Properties()
            what.connectJson?.let { kept.setProperty(CONNECT_JSON, it) }
            what.account?.let { kept.setProperty(ACCOUNT, it) }
            val written = File(file.path + ".new")
            try {
                written.outputStream().use { kept.store(it, null) }
                if (!written.renameTo(file)) throw IOException()
            } catch (_: IOException) {
                // Then the app asks again, rather than to believe a server that the person wants it to forget.
                written.delete()
                file.delete()
            }
        }
    }

    private suspend fun <T> inTurn(body: () -> T): T = turn.withLock { withContext(Dispatchers.IO) { body() } }

    private companion object {
        const val CONNECT_JSON = "connect.json"
        const val ACCOUNT = "account"
    }
}
