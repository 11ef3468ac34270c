package io.lockkeeper

import io.lockkeeper.jvm.FileStore
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.readText

/** What a client does before it is asked for anything. */
@EnabledOnOs(OS.LINUX)
class ConstructorTest {
    @Test
    fun `making a client loads no library and writes nothing, and the first call loads it`(
        @TempDir directory: Path,
    ) {
        // A process of its own: in this one other tests have loaded the library.
        val said = OwnProcess.run(MakesAClient::class, directory.resolve("state").toString())
        assertEquals(listOf("made: loaded false, written false", "called: loaded true"), said)
    }
}

/** The other process. */
internal object MakesAClient {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val state = Path.of(arguments.single())
        val client = LockKeeperClient(ServerConfig.fromConnectJson("{}"), FileStore(state))
        println("made: loaded ${loaded()}, written ${state.exists()}")
        // It is no configuration, which only the library can tell.
        runBlocking { runCatching { client.checkConfig() } }
        println("called: loaded ${loaded()}")
    }

    /** JNA maps the library, and its own, from files of its own naming. */
    private fun loaded(): Boolean = Path.of("/proc/self/maps").readText().let { "jna" in it || "lock_keeper_ffi" in it }
}
