package io.lockkeeper.internal.library

import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LocalStore
import io.lockkeeper.Observer
import io.lockkeeper.Password
import io.lockkeeper.ProxyPolicy
import io.lockkeeper.ServerConfig
import io.lockkeeper.SessionOptions
import io.lockkeeper.Trust
import io.lockkeeper.ffi.FfiClient
import io.lockkeeper.ffi.FfiDeviceUnlock
import io.lockkeeper.ffi.FfiProxyPolicy
import io.lockkeeper.ffi.FfiServerConfig
import io.lockkeeper.ffi.FfiTrust
import io.lockkeeper.internal.Call
import io.lockkeeper.internal.KeyServer
import io.lockkeeper.internal.OpenAccount

/** The key server over the native library, which the first call loads. */
internal class LibraryKeyServer(
    private val config: ServerConfig,
    private val store: LocalStore,
    private val observer: Observer?,
) : KeyServer {
    private val loaded = lazy { FfiClient(config.toLibrary(), Store(store), observer?.let(::Observing)) }
    private val client: FfiClient get() = loaded.value

    override fun checkConfig() {
        crossing { client }
    }

    override fun register(
        account: String,
        password: Password,
        ticket: ByteArray?,
        options: SessionOptions,
        call: Call,
    ): OpenAccount =
        call.carried { crossed ->
            password.lend { utf8 ->
                LibraryAccount(client.register(account, utf8, ticket, options.toLibrary(), crossed))
            }
        }

    override fun openSession(
        account: String,
        password: Password,
        options: SessionOptions,
        call: Call,
    ): OpenAccount =
        call.carried { crossed ->
            password.lend { utf8 -> LibraryAccount(client.openSession(account, utf8, options.toLibrary(), crossed)) }
        }

    override fun openSession(
        unlock: DeviceUnlock,
        options: SessionOptions,
        call: Call,
    ): OpenAccount =
        call.carried { crossed ->
            val read = unlock.lend { bytes -> FfiDeviceUnlock.fromBytes(bytes) }
            try {
                LibraryAccount(client.openSessionWith(read, options.toLibrary(), crossed))
            } finally {
                read.destroy()
            }
        }

    override fun forget(account: String) = crossing { client.forget(account) }

    override fun dropConnections() {
        if (loaded.isInitialized()) crossing { client.dropConnections() }
    }
}

private fun ServerConfig.toLibrary(): FfiServerConfig {
    val way =
        when (proxy) {
            ProxyPolicy.SYSTEM -> FfiProxyPolicy.SYSTEM
            ProxyPolicy.NONE -> FfiProxyPolicy.NONE
        }
    val given =
        when (val from = source) {
            is ServerConfig.Source.ConnectJson -> {
                FfiServerConfig.fromConnectJson(from.utf8, way)
            }

            is ServerConfig.Source.Fields -> {
                FfiServerConfig(from.url, from.realm, from.serverPublicKeys, from.trust.toLibrary(), way)
            }
        }
    val trusting = if (isAndroid && given.trustsPlatform()) given.withPlatformCas(platformAuthorities()) else given
    return trusting.withProxySettings(SelectedProxies)
}

private fun Trust.toLibrary() = FfiTrust(privateCas, spkiPins)
