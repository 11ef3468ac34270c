package io.lockkeeper

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.readText

/** The program `lock-keeper-server`, as a process that is gone when it is closed or this machine ends. */
internal class ServerProcess private constructor(
    private val process: Process,
    private val log: File,
) : AutoCloseable {
    /** Kills it, as a crash would. */
    override fun close() {
        process.destroyForcibly().waitFor()
    }

    /** What `wanted` makes of its log, as soon as that is something. */
    private fun <T : Any> awaitLog(wanted: (List<String>) -> T?): T {
        val until = System.nanoTime() + PATIENCE_NANOS
        while (System.nanoTime() < until && process.isAlive) {
            wanted(log.readLines())?.let { return it }
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)
        }
        error("the server does not serve:\n${log.readText()}")
    }

    /** The address in the first line of its log that says `message`. */
    private fun address(message: String): String =
        awaitLog { lines ->
            lines.firstOrNull { "\"$message\"" in it && it.endsWith("}") }?.let { ADDRESS.find(it)?.groupValues?.get(1) }
        }

    internal companion object {
        private const val PATIENCE_NANOS = 120_000_000_000
        private const val POLL_MILLIS = 20L
        private val ADDRESS = Regex("\"address\":\"([^\"]+)\"")
        private val BINARY: String =
            checkNotNull(System.getProperty("lockkeeper.server")) { "-Dlockkeeper.server=PATH of lock-keeper-server" }

        /** `dev` on a directory; answers when its connect.json is there. */
        fun dev(
            data: Path,
            listen: String = "127.0.0.1:0",
            vararg options: String,
        ): ServerProcess {
            val server = start(data.resolve("log"), emptyMap(), "dev", "--json", "--data", "$data", "--listen", listen, *options)
            server.awaitLog { lines -> lines.firstOrNull { it.startsWith("{") && it.endsWith("}") } }
            return server
        }

        /** `serve` with a configuration, and the port that it listens at. */
        fun serve(
            config: Path,
            environment: Map<String, String>,
        ): Pair<ServerProcess, Int> {
            val server = start(config.resolveSibling("log"), environment, "serve", "--config", "$config")
            return server to server.address("serving").substringAfterLast(':').toInt()
        }

        /** A command that ends by itself. */
        fun run(vararg arguments: String) {
            val log = Files.createTempFile("lock-keeper", ".log")
            val process = start(log, emptyMap(), *arguments).process
            check(process.waitFor() == 0) { "${arguments.toList()}: ${log.readText()}" }
            Files.delete(log)
        }

        private fun start(
            log: Path,
            environment: Map<String, String>,
            vararg arguments: String,
        ): ServerProcess {
            val process =
                ProcessBuilder(BINARY, *arguments)
                    .apply { environment().putAll(environment) }
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
            Runtime.getRuntime().addShutdownHook(Thread { process.destroyForcibly() })
            return ServerProcess(process, log.toFile())
        }
    }
}
