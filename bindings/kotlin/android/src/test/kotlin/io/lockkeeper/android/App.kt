package io.lockkeeper.android

import android.app.Application
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.ServerConfig

/** The Android app of README.md. It is compiled, and never run. */
class App : Application() {
    val client by lazy { LockKeeperClient(ServerConfig.fromConnectJson(CONNECT_JSON), KeystoreStore(this)) }

    override fun onCreate() {
        super.onCreate()
        // Sessions lock when the app stays in the background, and connections are dropped.
        LockKeeperLifecycle.watch(this, client)
    }
}

private const val CONNECT_JSON = """{"url": "https://keys.example.org", "realm": "example", "server_public_keys": []}"""
