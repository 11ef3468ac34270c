package io.lockkeeper

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.SocketAddress
import java.net.URI
import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore

/** What the device has in its settings: the certificate authorities that it trusts, and its proxies. */
class PlatformTest {
    @Test
    fun `Android's certificate authorities are those that the app's own trust manager accepts, and the JVM's are the system's`(
        @TempDir directory: Path,
    ) {
        val server = KeyServerUnderTest.shared(Engine.EMBEDDED) as EmbeddedServer
        val withoutCa = server.connectJson.replace(Regex(",?\\s*\"ca_pem\":\\s*\"[^\"]*\""), "")
        val keys = KeyStore.getInstance("PKCS12").apply { load(null) }
        val empty = directory.resolve("empty.p12").also { keys.storeInto(it) }
        keys.setCertificateEntry("ca", Identity.ofServer().ca)
        val full = directory.resolve("full.p12").also { keys.storeInto(it) }

        val said = OwnProcess.run(TrustsThePlatform::class, withoutCa, "$full", "$empty")
        assertEquals(listOf("jvm: ${Code.SERVER_UNTRUSTED}", "android: registered", "nobody is trusted: ${Code.CONFIG_INVALID}"), said)
    }

    @Test
    fun `the proxy that the default selector names is the way to the server for as long as it names it`() =
        on(Engine.EMBEDDED) { server ->
            Relay((server as EmbeddedServer).port, isProxy = true).use { proxy ->
                val before = ProxySelector.getDefault()
                // The other tests call the server by its name.
                val selector = Selecting("127.0.0.1", before)
                ProxySelector.setDefault(selector)
                try {
                    val config = ServerConfig.fromConnectJson(server.connectJson.replace("//localhost:", "//127.0.0.1:"))
                    val session = LockKeeperClient(config, MemoryStore()).register(freshName(), Password(PASSWORD), options = PATIENT)
                    assertEquals(0, proxy.calls)
                    selector.answer = listOf(Proxy(Proxy.Type.SOCKS, NOWHERE), Proxy(Proxy.Type.HTTP, proxy.address))
                    assertEquals(emptyList<SecretInfo>(), session.list())
                    assertEquals(1, proxy.calls)
                    selector.answer = listOf(Proxy(Proxy.Type.SOCKS, NOWHERE))
                    assertFails(Code.PROXY_REFUSED) { session.list() }
                    selector.answer = listOf(Proxy.NO_PROXY)
                    assertEquals(emptyList<SecretInfo>(), session.list())
                    assertEquals(1, proxy.calls)
                } finally {
                    ProxySelector.setDefault(before)
                }
            }
        }

    private fun KeyStore.storeInto(file: Path) = Files.newOutputStream(file).use { store(it, PASSWORD.toCharArray()) }

    private companion object {
        val NOWHERE = InetSocketAddress(InetAddress.getLoopbackAddress(), 1)
    }
}

/** Answers for one host what a test wants, and for the others what was answered before. */
private class Selecting(
    private val host: String,
    private val others: ProxySelector,
) : ProxySelector() {
    @Volatile
    var answer: List<Proxy> = listOf(Proxy.NO_PROXY)

    override fun select(uri: URI): List<Proxy> = if (uri.host == host) answer else others.select(uri)

    override fun connectFailed(
        uri: URI,
        address: SocketAddress,
        failure: IOException,
    ) = Unit
}

/** A process whose trust managers are its own, and which says of itself from some time on that it is Android. */
internal object TrustsThePlatform {
    @JvmStatic
    fun main(arguments: Array<String>) =
        runBlocking {
            val (connectJson, full, empty) = arguments
            println("jvm: ${failure { register(connectJson, full) }.code}")
            System.setProperty("java.runtime.name", "Android Runtime")
            register(connectJson, full)
            println("android: registered")
            println("nobody is trusted: ${failure { register(connectJson, empty) }.code}")
        }

    private suspend fun register(
        connectJson: String,
        trusted: String,
    ) {
        System.setProperty("javax.net.ssl.trustStore", trusted)
        System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD)
        LockKeeperClient(ServerConfig.fromConnectJson(connectJson), MemoryStore())
            .register(freshName(), Password(PASSWORD), options = PATIENT)
            .lock()
    }
}
