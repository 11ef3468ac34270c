package io.lockkeeper.demo.android

import android.app.Application
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.ServerConfig
import io.lockkeeper.android.KeystoreStore
import io.lockkeeper.android.LockKeeperLifecycle
import io.lockkeeper.demo.model.AppMemory
import java.io.File

/** The process of the app, which keeps what this phone must in the Android Keystore. */
class LockKeeperApplication : Application() {
    private val store by lazy { KeystoreStore(this) }

    /** What the app remembers, where no other app writes and no backup reads. */
    val memory by lazy { AppMemory(File(noBackupFilesDir, "demo-app")) }

    /** A client whose sessions lock when the app stays in the background. */
    fun client(config: ServerConfig): LockKeeperClient = LockKeeperClient(config, store).also { LockKeeperLifecycle.watch(this, it) }
}
