package io.lockkeeper.demo.model

import kotlinx.coroutines.Dispatchers
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
 * @param file where it is. It says whom the app believes: nobody but the app may write there
 */
class AppMemory(
    private val file: File,
) {
    /** What was remembered last; nothing where that cannot be read. */
    internal suspend fun recall(): Remembered =
        withContext(Dispatchers.IO) {
            val found = Properties()
            try {
                file.inputStream().use(found::load)
            } catch (_: IOException) {
                // Then the app asks again.
            }
            Remembered(found.getProperty(CONNECT_JSON), found.getProperty(ACCOUNT))
        }

    /** Remembers this, and nothing else. */
    internal suspend fun remember(what: Remembered) {
        withContext(Dispatchers.IO) {
            val kept = Properties()
            what.connectJson?.let { kept.setProperty(CONNECT_JSON, it) }
            what.account?.let { kept.setProperty(ACCOUNT, it) }
            try {
                val written = File(file.path + ".new")
                written.outputStream().use { kept.store(it, null) }
                written.renameTo(file)
            } catch (_: IOException) {
                // Then the app asks again.
            }
        }
    }

    private companion object {
        const val CONNECT_JSON = "connect.json"
        const val ACCOUNT = "account"
    }
}
