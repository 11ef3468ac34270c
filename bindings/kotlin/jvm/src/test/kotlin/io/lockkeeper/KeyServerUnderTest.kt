package io.lockkeeper

import java.io.ByteArrayInputStream
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.sql.Connection
import java.sql.DriverManager
import java.util.UUID
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import kotlin.io.path.createDirectories
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** Where a key server keeps everything. */
internal enum class Engine { EMBEDDED, POSTGRES }

/** A real key server that tests share or have for themselves. */
internal interface KeyServerUnderTest : AutoCloseable {
    /** How an app finds it. */
    val config: ServerConfig

    /** Where it listens. */
    val port: Int

    /** How an app finds it that goes by another port. */
    fun configAt(port: Int): ServerConfig

    /** Kills it with no time to say goodbye. */
    fun kill()

    /** Starts it again on the same port, with what is in its database. */
    fun restart()

    /** Its database. The embedded one is for a server that is down. */
    fun database(): Connection

    /** An id as the engine's SQL writes it, and any other bytes. */
    fun literal(bytes: ByteArray): String

    companion object {
        private val shared = Engine.entries.associateWith { lazy { start(it) } }

        /** The server of this engine that all tests share: each uses accounts of its own. */
        fun shared(engine: Engine): KeyServerUnderTest = shared.getValue(engine).value

        /** One for a test that harms it. */
        fun start(engine: Engine): KeyServerUnderTest =
            when (engine) {
                Engine.EMBEDDED -> EmbeddedServer()
                Engine.POSTGRES -> PostgresServer()
            }
    }
}

/** A directory that is gone at the end. */
private fun temporaryDirectory(): Path {
    val owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    val directory = Files.createTempDirectory("lock-keeper", owner)
    Runtime.getRuntime().addShutdownHook(Thread { directory.toFile().deleteRecursively() })
    return directory
}

private fun hex(bytes: ByteArray) = bytes.joinToString("") { "%02x".format(it) }

/** `lock-keeper-server dev`. */
internal class EmbeddedServer(
    vararg options: String,
) : KeyServerUnderTest {
    private val options = options.toList()
    val directory: Path = temporaryDirectory()
    private var process = ServerProcess.dev(directory, options = options)
    val connectJson: String = directory.resolve("connect.json").readText()
    override val port: Int = Regex(":(\\d+)\"").find(connectJson)!!.groupValues[1].toInt()
    override val config: ServerConfig = ServerConfig.fromConnectJson(connectJson)

    override fun configAt(port: Int): ServerConfig = ServerConfig.fromConnectJson(connectJson.replace(":${this.port}\"", ":$port\""))

    override fun kill() = process.close()

    override fun restart() {
        process = ServerProcess.dev(directory, "127.0.0.1:$port", *options.toTypedArray())
    }

    override fun database(): Connection = DriverManager.getConnection("jdbc:sqlite:${directory.resolve("lock-keeper.sqlite")}")

    override fun literal(bytes: ByteArray) = "x'${hex(bytes)}'"

    override fun close() {
        kill()
        directory.toFile().deleteRecursively()
    }
}

/** `lock-keeper-server serve` on a database of its own, with the certificate that the shared `dev` has made. */
internal class PostgresServer(
    vararg settings: Pair<String, String>,
    private val requestsPerSession: Int = 4,
) : KeyServerUnderTest {
    private val environment = settings.toMap()
    private val cluster =
        URI(checkNotNull(System.getenv("LOCK_KEEPER_TEST_POSTGRES")) { "LOCK_KEEPER_TEST_POSTGRES is the URL of a cluster" })
    private val name = "kotlin_${UUID.randomUUID().toString().replace("-", "")}"
    private val embedded = KeyServerUnderTest.shared(Engine.EMBEDDED) as EmbeddedServer
    private val directory = temporaryDirectory()
    private val configuration = directory.resolve("server.toml")
    private var process: ServerProcess
    override val port: Int
    private val ca: X509Certificate
    private val key: ByteArray
    override val config: ServerConfig get() = configAt(port)

    init {
        connect("postgres").use { it.createStatement().execute("CREATE DATABASE $name") }
        Runtime.getRuntime().addShutdownHook(Thread { drop() })
        secret("url", "postgres://${cluster.userInfo}@${cluster.authority.substringAfter('@')}/$name")
        ServerProcess.run("keys", "generate", "${directory.resolve("kek")}")
        configure("127.0.0.1:0")
        ServerProcess.run("migrate", "--config", "$configuration")
        val (started, at) = ServerProcess.serve(configuration, environment)
        process = started
        port = at
        configure("127.0.0.1:$port")
        ca = certificate()
        key = publicKey(ca)
    }

    override fun configAt(port: Int): ServerConfig =
        ServerConfig("https://localhost:$port", REALM, listOf(key), Trust.privateCas(listOf(ca.encoded)))

    private fun secret(
        file: String,
        text: String,
    ) {
        val path = directory.resolve(file)
        path.writeText(text)
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"))
    }

    private fun configure(listen: String) {
        val tls = embedded.directory
        configuration.writeText(
            """
            [server]
            listen = "$listen"
            realm = "$REALM"
            stop_grace = "0s"
            [tls]
            certificate_file = "${tls.resolve("certificate.pem")}"
            key_file = "${tls.resolve("key.pem")}"
            [database]
            url_file = "${directory.resolve("url")}"
            pool_size = 4
            [keys]
            active = "first"
            key_encryption_keys = [{ id = "first", file = "${directory.resolve("kek")}" }]
            [limits]
            max_secrets = $MAX_SECRETS
            [sessions]
            requests_per_session = $requestsPerSession
            [operations]
            listen = "127.0.0.1:0"
            """.trimIndent(),
        )
    }

    private fun certificate(): X509Certificate {
        val pem = embedded.directory.resolve("ca.pem").readText()
        return CertificateFactory.getInstance("X.509").generateCertificate(ByteArrayInputStream(pem.toByteArray())) as X509Certificate
    }

    /** The first of the keys in what `GET /v1/server` answers: 32 bytes behind their head in CBOR. */
    private fun publicKey(ca: X509Certificate): ByteArray {
        val keys = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null) }
        keys.setCertificateEntry("ca", ca)
        val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()).apply { init(keys) }
        val tls = SSLContext.getInstance("TLSv1.3").apply { init(null, trust.trustManagers, null) }
        val http = HttpClient.newBuilder().sslContext(tls).build()
        val request = HttpRequest.newBuilder(URI("https://localhost:$port/v1/server")).build()
        val answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body()
        val head = answer.indices.first { answer[it] == 0x58.toByte() && answer[it + 1] == 0x20.toByte() }
        return answer.copyOfRange(head + 2, head + 34)
    }

    override fun kill() = process.close()

    override fun restart() {
        process = ServerProcess.serve(configuration, environment).first
    }

    override fun database(): Connection = connect(name)

    private fun connect(database: String): Connection {
        val (user, password) = cluster.userInfo.split(':')
        return DriverManager.getConnection("jdbc:postgresql://${cluster.host}:${cluster.port}/$database", user, password)
    }

    override fun literal(bytes: ByteArray) = "'\\x${hex(bytes)}'::bytea"

    private fun drop() {
        kill()
        connect("postgres").use { it.createStatement().execute("DROP DATABASE IF EXISTS $name WITH (FORCE)") }
    }

    override fun close() {
        drop()
        directory.toFile().deleteRecursively()
    }

    internal companion object {
        private const val REALM = "keys.example.org"

        /** Secrets that an account may hold there. */
        const val MAX_SECRETS = 5
    }
}
