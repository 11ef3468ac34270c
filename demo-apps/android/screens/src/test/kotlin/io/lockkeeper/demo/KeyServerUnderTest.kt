package io.lockkeeper.demo

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import kotlin.io.path.pathString

/** A real `lock-keeper-server dev` for as long as the tests run. Each test uses accounts of its own. */
internal object KeyServerUnderTest {
    private const val PATIENCE_NANOS = 120_000_000_000
    private const val POLL_MILLIS = 20L

    /** How an app finds it. */
    val connectJson: String by lazy(::start)

    private fun start(): String {
        val binary = checkNotNull(System.getProperty("lockkeeper.server")) { "-Dlockkeeper.server=PATH of lock-keeper-server" }
        val directory = Files.createTempDirectory("lock-keeper-demo")
        val log = File(directory.toFile(), "log")
        val process =
            ProcessBuilder(binary, "dev", "--json", "--listen", "127.0.0.1:0", "--data", directory.pathString)
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
            log.readLines().firstOrNull { it.startsWith("{") && it.endsWith("}") }?.let { return it }
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)
        }
        error("the server does not serve:\n${log.readText()}")
    }
}
