package io.lockkeeper

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpsConfigurator
import com.sun.net.httpserver.HttpsServer
import java.io.ByteArrayInputStream
import java.net.InetSocketAddress
import java.security.KeyFactory
import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.spec.PKCS8EncodedKeySpec
import java.util.Base64
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import kotlin.io.path.readText

/** A certificate with its key, and the authority that a client trusts for it. */
internal class Identity(
    val ca: X509Certificate,
    private val certificate: X509Certificate,
    private val key: PrivateKey,
) {
    /** TLS that shows it. */
    fun tls(): SSLContext {
        val keys = KeyStore.getInstance("PKCS12").apply { load(null) }
        keys.setKeyEntry("server", key, CharArray(0), arrayOf(certificate))
        val managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm()).apply { init(keys, CharArray(0)) }
        return SSLContext.getInstance("TLS").apply { init(managers.keyManagers, null, null) }
    }

    companion object {
        /** That of the shared embedded server: a certificate for localhost and 127.0.0.1. */
        fun ofServer(): Identity {
            val directory = (KeyServerUnderTest.shared(Engine.EMBEDDED) as EmbeddedServer).directory
            val key = Base64.getMimeDecoder().decode(directory.resolve("key.pem").readText().replace(Regex("-----.*-----"), ""))
            return Identity(
                certificate(directory.resolve("ca.pem").readText()),
                certificate(directory.resolve("certificate.pem").readText()),
                KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(key)),
            )
        }

        private fun certificate(pem: String) =
            CertificateFactory.getInstance("X.509").generateCertificate(ByteArrayInputStream(pem.toByteArray())) as X509Certificate
    }
}

/** Speaks TLS as the server does, with its certificate, and answers what a test wants. */
internal class Impostor(
    address: String = "127.0.0.1",
    identity: Identity = Identity.ofServer(),
    private val answer: (HttpExchange) -> Unit,
) : AutoCloseable {
    private val server =
        HttpsServer.create(InetSocketAddress(address, 0), 0).apply {
            httpsConfigurator = HttpsConfigurator(identity.tls())
            createContext("/") { exchange ->
                exchange.requestBody.readAllBytes()
                answer(exchange)
                exchange.close()
            }
            start()
        }
    val config: ServerConfig = configOf("https://localhost:${server.address.port}", Trust.privateCas(listOf(identity.ca.encoded)))
    val port: Int get() = server.address.port

    override fun close() = server.stop(0)

    internal companion object {
        /** A server that nobody has a secret at. */
        fun configOf(
            url: String,
            trust: Trust,
        ): ServerConfig = ServerConfig(url, "example", listOf(ByteArray(32) { 1 }), trust)
    }
}

/** Answers a problem document (RFC 9457). */
internal fun HttpExchange.problem(
    status: Int,
    kind: String,
) {
    val body = """{"type":"urn:lock-keeper:problem:$kind","title":"No.","status":$status,"code":"$kind"}""".toByteArray()
    responseHeaders.add("Content-Type", "application/problem+json")
    responseHeaders.add("x-request-id", "0123456789abcdef")
    sendResponseHeaders(status, body.size.toLong())
    responseBody.write(body)
}
