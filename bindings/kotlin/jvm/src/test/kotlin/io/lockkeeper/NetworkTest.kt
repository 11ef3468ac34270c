package io.lockkeeper

import com.sun.net.httpserver.HttpExchange
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.InetAddress
import java.net.ServerSocket
import java.nio.file.Files
import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.X509Certificate
import java.util.Base64
import javax.net.ssl.SSLServerSocket
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.seconds

/** What stands between the app and the server, or in its place. */
class NetworkTest {
    private val identity = Identity.ofServer()
    private val trust = Trust.privateCas(listOf(identity.ca.encoded))

    private fun fails(
        code: Code,
        config: ServerConfig,
        options: SessionOptions = PATIENT,
    ) = runBlocking {
        assertFails(code) { LockKeeperClient(config, MemoryStore()).openSession("ada", Password(PASSWORD), options) }
    }

    private fun impostorFails(
        code: Code,
        answer: (HttpExchange) -> Unit,
    ) = Impostor(answer = answer).use { fails(code, it.config) }

    /** Takes connections at a free port of this machine until it is closed. */
    private fun listening(serve: (java.net.Socket) -> Unit) =
        ServerSocket(0, 0, InetAddress.getLoopbackAddress()).also { socket ->
            thread(isDaemon = true) { runCatching { while (true) serve(socket.accept()) } }
        }

    @Test
    fun `nobody who listens is no connection`() {
        val port = ServerSocket(0).use { it.localPort }
        val refused = fails(Code.OFFLINE, Impostor.configOf("https://localhost:$port", trust))
        assertEquals(Advice.CHECK_NETWORK to false, refused.advice to refused.mayHaveHappened)
    }

    @Test
    fun `a server that never answers is out of time`() {
        val held = mutableListOf<java.net.Socket>()
        listening { held += it }.use { socket ->
            val config = Impostor.configOf("https://localhost:${socket.localPort}", trust)
            assertEquals(Advice.RETRY, fails(Code.TIMED_OUT, config, SessionOptions(deadline = 1.seconds)).advice)
        }
        held.forEach { it.close() }
    }

    @Test
    fun `a network that wants a sign-in first is told from one that is not there`() =
        listening {
            // As such a network answers whatever is called: once it has heard something, with the way to its own page, without TLS.
            it.use { call ->
                call.getInputStream().read(ByteArray(HEARD))
                call.getOutputStream().write("HTTP/1.1 302 Found\r\nLocation: http://sign-in.example/\r\n\r\n".toByteArray())
            }
        }.use { socket ->
            val config = Impostor.configOf("https://localhost:${socket.localPort}", trust)
            val refused = fails(Code.NOT_TLS, config)
            assertEquals(Advice.CHECK_NETWORK to false, refused.advice to refused.mayHaveHappened)
        }

    @Test
    fun `a server without TLS 1_3 is refused`() =
        identity.tls().serverSocketFactory.createServerSocket(0, 0, InetAddress.getLoopbackAddress()).use { socket ->
            (socket as SSLServerSocket).enabledProtocols = arrayOf("TLSv1.2")
            thread(isDaemon = true) { runCatching { while (true) socket.accept().use { runCatching { it.getInputStream().read() } } } }
            fails(Code.TLS_TOO_OLD, Impostor.configOf("https://localhost:${socket.localPort}", trust))
            Unit
        }

    @Test
    fun `a certificate of an authority that is not trusted is refused`() =
        Impostor { it.problem(500, "internal") }.use { server ->
            val others = Trust.privateCas(listOf(selfSigned("-10d", 3650).ca.encoded))
            assertEquals(Advice.CONTACT_SUPPORT, fails(Code.SERVER_UNTRUSTED, Impostor.configOf(url(server), others)).advice)
        }

    @Test
    fun `a certificate with a key that is not pinned is refused`() =
        Impostor { it.problem(500, "internal") }.use { server ->
            val pinned = trust.pinning(listOf(ByteArray(32) { 1 }, ByteArray(32) { 2 }))
            fails(Code.PIN_MISMATCH, Impostor.configOf(url(server), pinned))
            Unit
        }

    @Test
    fun `a certificate of another host is refused`() =
        Impostor("127.0.0.2") { it.problem(500, "internal") }.use { server ->
            fails(Code.WRONG_HOST, Impostor.configOf("https://127.0.0.2:${server.port}", trust))
            Unit
        }

    @ParameterizedTest
    @CsvSource("-10d, 5", "+10d, 5")
    fun `a certificate that has expired, or is not valid yet, is a matter of the clock`(
        start: String,
        days: Int,
    ) {
        Impostor(identity = selfSigned(start, days)) { it.problem(500, "internal") }.use { server ->
            val refused = fails(Code.CERTIFICATE_NOT_VALID_NOW, server.config)
            assertEquals(Advice.CHECK_CLOCK to false, refused.advice to refused.mayHaveHappened)
        }
    }

    @Test
    fun `a redirect is not followed`() {
        impostorFails(Code.REDIRECTED) {
            it.responseHeaders.add("Location", "https://elsewhere.example/")
            it.sendResponseHeaders(307, -1)
        }
    }

    @Test
    fun `a server that is busy is called again until the call is out of time`() {
        Impostor { it.problem(503, "busy") }.use { server ->
            val busy = fails(Code.SERVER_BUSY, server.config, SessionOptions(deadline = 20.seconds))
            assertEquals(Advice.WAIT to "0123456789abcdef", busy.advice to busy.requestId)
        }
    }

    @Test
    fun `a server that no longer speaks this version asks for an update`() {
        assertEquals(Advice.UPDATE_APP, impostorFails(Code.VERSION_UNSUPPORTED) { it.problem(404, "version-unsupported") }.advice)
    }

    @Test
    fun `what the protocol does not allow is a defect`() {
        val violation =
            impostorFails(Code.PROTOCOL_VIOLATION) {
                it.responseHeaders.add("Content-Type", "application/cbor")
                it.sendResponseHeaders(200, 3)
                it.responseBody.write(byteArrayOf(1, 2, 3))
            }
        assertEquals(Advice.BUG, violation.advice)
    }

    @Test
    fun `another server's OPAQUE key is noticed before anything is handed over`() =
        on(Engine.EMBEDDED) { server ->
            val json = (server as EmbeddedServer).connectJson
            val key = Regex("\"server_public_keys\":\\s*\\[\\s*\"([^\"]+)\"").find(json)!!.groupValues[1]
            val other = Base64.getUrlEncoder().withoutPadding().encodeToString(ByteArray(32) { 1 })
            val config = ServerConfig.fromConnectJson(json.replace(key, other))
            val client = LockKeeperClient(config, MemoryStore())
            assertFails(Code.SERVER_IDENTITY_CHANGED) { client.register(freshName(), Password(PASSWORD), options = PATIENT) }
        }

    private fun url(server: Impostor) = "https://localhost:${server.port}"

    /** A certificate for localhost that vouches for itself, valid from `start` for so many days. */
    private fun selfSigned(
        start: String,
        days: Int,
    ): Identity {
        val file = Files.createTempDirectory("lock-keeper").resolve("keys.p12")
        val arguments =
            "-genkeypair -alias a -keyalg EC -groupname secp256r1 -dname CN=localhost -ext san=dns:localhost -startdate $start " +
                "-validity $days -storetype PKCS12 -storepass changeit -keystore $file"
        val keytool = "${System.getProperty("java.home")}/bin/keytool"
        check(ProcessBuilder(listOf(keytool) + arguments.split(' ')).redirectErrorStream(true).start().waitFor() == 0)
        val keys = KeyStore.getInstance("PKCS12").apply { Files.newInputStream(file).use { load(it, "changeit".toCharArray()) } }
        file.parent.toFile().deleteRecursively()
        val certificate = keys.getCertificate("a") as X509Certificate
        return Identity(certificate, certificate, keys.getKey("a", "changeit".toCharArray()) as PrivateKey)
    }

    private companion object {
        /** At most so much of a call is heard before it is answered. */
        const val HEARD = 4_096
    }
}
