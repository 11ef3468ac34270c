package io.lockkeeper.demo.android

import android.app.Application
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.ServerConfig
import io.lockkeeper.android.KeystoreStore
import io.lockkeeper.android.LockKeeperLifecycle
import io.lockkeeper.demo.model.AppMemory
import java.io.File
import kotlin.concurrent.thread

/** The process of the app, which keeps what this phone must in the Android Keystore. */
class LockKeeperApplication : Application() {
    private val store by lazy { KeystoreStore(this) }
    private var watch: AutoCloseable? = null

    /** What the app remembers, where no other app writes and no backup reads. */
    val memory by lazy { AppMemory { File(noBackupFilesDir, "demo-app") } }

    override fun onCreate() {
        super.onCreate()
        thread { Camera.cleanUp(this) }
    }

    /** A client whose sessions lock when the app stays in the background. It takes the place of the one before. */
    fun client(config: ServerConfig): LockKeeperClient {
        watch?.close()
        return LockKeeperClient(config, store).also { watch = LockKeeperLifecycle.watch(this, it) }
    }
}
