package io.lockkeeper

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import java.net.InetAddress
import java.net.ServerSocket
import java.nio.file.Path
import kotlin.concurrent.thread
import kotlin.io.path.readLines
import kotlin.io.path.readText

/** Codes that need a cut line, a proxy or a poor device. */
class RareCodesTest {
    @Test
    fun `a change of password whose answer is lost, on a line that stays cut, has an outcome that is not known`() =
        EmbeddedServer("--requests-per-session", "16").use { server ->
            Relay(server.port).use { relay ->
                runBlocking {
                    val name = freshName()
                    val client = LockKeeperClient(relay.config(server), MemoryStore())
                    val session = client.register(name, Password(PASSWORD), options = PATIENT.withDeadline(20))
                    relay.closeWhen { server.changesOfPassword() > 0 }
                    val unknown = assertFails(Code.OUTCOME_UNKNOWN) { session.changePassword(Password(PASSWORD), Password("new horse")) }
                    assertEquals(Advice.RETRY to true, unknown.advice to unknown.mayHaveHappened)
                    Device(server).open(name, "new horse").lock()
                }
            }
        }

    private fun EmbeddedServer.changesOfPassword(): Int =
        database().use {
            // There may be accounts beside it: none of theirs is changed.
            val most = it.createStatement().executeQuery("SELECT max(generation) FROM account")
            check(most.next())
            most.getInt(1)
        }

    @Test
    fun `a proxy that refuses is told from a network that is not there`() =
        ServerSocket(0, 0, InetAddress.getLoopbackAddress()).use { proxy ->
            thread(isDaemon = true) {
                runCatching {
                    while (true) {
                        proxy.accept().use {
                            val head = it.getInputStream().bufferedReader()
                            generateSequence { head.readLine()?.ifEmpty { null } }.count()
                            it.getOutputStream().write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".toByteArray())
                        }
                    }
                }
            }
            val environment = mapOf("HTTPS_PROXY" to "http://127.0.0.1:${proxy.localPort}", "NO_PROXY" to "", "no_proxy" to "")
            val said = OwnProcess.run(CallsByTheProxy::class, environment = environment)
            assertEquals(listOf("${Code.PROXY_REFUSED} ${Advice.CHECK_NETWORK}"), said)
        }

    @Test
    @EnabledOnOs(OS.LINUX)
    fun `a device without memory for stretching the password says so, and goes on`() {
        val server = KeyServerUnderTest.shared(Engine.EMBEDDED) as EmbeddedServer
        val said = OwnProcess.run(RunsOutOfMemory::class, server.directory.resolve("connect.json").toString())
        assertEquals(listOf("${Code.NOT_ENOUGH_MEMORY} ${Advice.RETRY}", "opened"), said)
    }
}

/** A process that has a proxy in its environment. */
internal object CallsByTheProxy {
    @JvmStatic
    fun main(arguments: Array<String>) =
        runBlocking {
            val config = Impostor.configOf("https://keys.example.org", Trust.Platform)
            val refused =
                failure { LockKeeperClient(config, MemoryStore()).openSession("ada", Password(PASSWORD), PATIENT.withDeadline(20)) }
            println("${refused.code} ${refused.advice}")
        }
}

/** A process whose address space ends before the 64 MiB that a login stretches the password in. */
internal object RunsOutOfMemory {
    private const val HEADROOM = 40L shl 20

    @JvmStatic
    fun main(arguments: Array<String>) =
        runBlocking {
            val client = LockKeeperClient(ServerConfig.fromConnectJson(Path.of(arguments.single()).readText()), MemoryStore())
            val name = freshName()
            client.register(name, Password(PASSWORD), options = PATIENT).lock()

            // The library and all of its threads are there: from here on only what is large has no place.
            limit("${addressSpace() + HEADROOM}")
            val refused = failure { client.openSession(name, Password(PASSWORD), PATIENT) }
            limit("unlimited")
            println("${refused.code} ${refused.advice}")
            client.openSession(name, Password(PASSWORD), PATIENT).lock()
            println("opened")
        }

    private fun addressSpace(): Long =
        Path.of("/proc/self/status").readLines().first { it.startsWith("VmSize:") }.let {
            it.filter(Char::isDigit).toLong() shl 10
        }

    /** The soft limit alone, which can be raised again. */
    private fun limit(bytes: String) {
        val prlimit = ProcessBuilder("prlimit", "--pid", "${ProcessHandle.current().pid()}", "--as=$bytes:").inheritIO().start()
        check(prlimit.waitFor() == 0) { "prlimit" }
    }
}
