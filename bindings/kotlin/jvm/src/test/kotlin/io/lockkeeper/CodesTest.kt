package io.lockkeeper

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readText
import kotlin.io.path.walk

/** Each code is provoked against the real library by a test of this module, or stands here with the reason why not. */
class CodesTest {
    private val leftOut =
        mapOf(
            "DATA_TAMPERED" to "the server notices a changed row by its own seal; only one that lies with its own keys gets there",
            "CANCELLED" to "a cancelled coroutine throws CancellationException instead, which CancellationTest shows",
            "INTERNAL" to "it is a defect: a panic of the library, or a thread that could not be made",
        )

    @Test
    fun `each code is provoked by a test, or left out with a reason`() {
        val tests =
            Path
                .of("src/test")
                .walk()
                .filter { it.extension in setOf("kt", "java") && it.name != "CodesTest.kt" }
                .map { comment.replace(it.readText(), "") }
                .toList()
        val provoked = constants.filter { code -> expectation(code).let { expected -> tests.any(expected::containsMatchIn) } }
        assertEquals(constants - leftOut.keys, provoked.toSet())
        assertTrue(leftOut.keys.all { it in constants })
    }

    private val constants =
        Code::class.java.fields
            .filter { it.type == Code::class.java }
            .map { it.name }
            .toSet()

    /** Not the `//` of an address. */
    private val comment = Regex("(?<!:)//.*|/\\*[\\s\\S]*?\\*/")

    /** What says that a call fails with it, or that a process of its own said so. */
    private fun expectation(code: String) = Regex("(?i:fails)\\(Code\\.$code\\b|\\{Code\\.$code\\}|assertEquals\\(Code\\.$code,")
}
