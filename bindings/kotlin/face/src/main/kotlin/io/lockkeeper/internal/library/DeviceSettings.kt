package io.lockkeeper.internal.library

import io.lockkeeper.ffi.FfiProxySettings
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.URI
import java.security.KeyStore
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/** Whether this is Android, which tells its certificate authorities to Java alone. */
internal val isAndroid: Boolean get() = System.getProperty("java.runtime.name") == "Android Runtime"

/**
 * The certificate authorities that the platform's TLS would trust for this app, in DER. On Android they follow the base of the app's
 * network security configuration. It reads files.
 */
internal fun platformAuthorities(): List<ByteArray> {
    val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    factory.init(null as KeyStore?)
    return factory.trustManagers
        .filterIsInstance<X509TrustManager>()
        .flatMap { it.acceptedIssuers.asList() }
        .map { it.encoded }
}

/** The proxies of the process's `ProxySelector`. On Android they are those of the network that the device is in. */
internal object SelectedProxies : FfiProxySettings {
    override fun proxyFor(url: String): String? {
        val proxies = ProxySelector.getDefault()?.select(URI(url)).orEmpty()
        // SOCKS is not spoken: where there is nothing else, the library refuses it, and does not go around it.
        return (proxies.firstOrNull { it.type() != Proxy.Type.SOCKS } ?: proxies.firstOrNull())?.toUrl()
    }

    private fun Proxy.toUrl(): String? {
        val at = address() as? InetSocketAddress ?: return null
        val host = at.hostString.let { if (':' in it) "[$it]" else it }
        return when (type()) {
            Proxy.Type.HTTP -> "http://$host:${at.port}"
            Proxy.Type.SOCKS -> "socks5://$host:${at.port}"
            else -> null
        }
    }
}
