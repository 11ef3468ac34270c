package io.lockkeeper.demo

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import kotlin.io.path.pathString

/** Real key servers, `lock-keeper-server dev`, for as long as the tests run. Each test uses accounts of its own. */
internal object KeyServerUnderTest {
    private const val PATIENCE_NANOS = 120_000_000_000
    private const val POLL_MILLIS = 20L

    /** How an app finds one on this machine. */
    val connectJson: String by lazy { connectJsonIn(start("--json", "--listen", "127.0.0.1:0")) }

    /** What the terminal shows of one that phones in the network can reach. */
    val shownToPhones: String by lazy { start("--phone", "--listen", "0.0.0.0:0") }

    /** How an app finds the server that has written this. */
    fun connectJsonIn(shown: String): String = shown.lines().first(::isConnectJson)

    private fun isConnectJson(line: String) = line.startsWith("{") && line.endsWith("}")

    private fun start(vararg options: String): String {
        val binary = checkNotNull(System.getProperty("lockkeeper.server")) { "-Dlockkeeper.server=PATH of lock-keeper-server" }
        val directory = Files.createTempDirectory("lock-keeper-demo")
        val log = File(directory.toFile(), "log")
        val process =
            ProcessBuilder(binary, "dev", "--data", directory.pathString, *options)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start()
        Runtime.getRuntime().addShutdownHook(
            Thread {
                process.destroyForcibly().waitFor()
                directory.toFile().deleteRecursively()
            },
        )
        val until = System.nanoTime() + PATIENCE_NANOS
        while (System.nanoTime() < until && process.isAlive) {
            val shown = log.readText()
            if (shown.lines().any(::isConnectJson)) return shown
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)
        }
        error("the server does not serve:\n${log.readText()}")
    }
}
