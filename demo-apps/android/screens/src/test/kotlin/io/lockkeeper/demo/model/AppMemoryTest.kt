package io.lockkeeper.demo.model

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Test
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals

/** What the app remembers between its processes. */
class AppMemoryTest {
    private val directory = Files.createTempDirectory("lock-keeper-memory").toFile()
    private val file = File(directory, "memory")
    private val memory = AppMemory { file }

    @After
    fun cleanUp() {
        directory.deleteRecursively()
    }

    @Test
    fun whatIsSaidLastIsWhatCounts() =
        runBlocking(Dispatchers.Main) {
            // What is long takes longer to write than what comes after it.
            val said = listOf(Remembered("{}", "a".repeat(LONG)), Remembered("{}", "ada"))
            said.map { launch { memory.remember(it) } }.forEach { it.join() }
            assertEquals("ada", AppMemory { file }.recall().account)
            assertEquals(listOf("memory"), directory.list().orEmpty().toList())
        }

    @Test
    fun aServerThatShouldBeForgottenIsForgottenThoughNothingCanBeWritten() =
        runBlocking {
            memory.remember(Remembered("{}", "ada"))
            File(directory, "memory.new").mkdir()
            memory.remember(Remembered())
            assertEquals(Remembered(), AppMemory { file }.recall())
        }

    @Test
    fun whereItIsIsAskedOffTheThreadOfTheScreens() =
        runBlocking(Dispatchers.Main) {
            var asker: Thread? = null
            val elsewhere =
                AppMemory {
                    asker = Thread.currentThread()
                    file
                }
            elsewhere.recall()
            assertNotEquals(Thread.currentThread(), asker)
        }

    private companion object {
        const val LONG = 8_000_000
    }
}
