package io.lockkeeper

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines
import kotlin.io.path.walk

/** The documents say what compiles. */
class DocumentsTest {
    private val bindings = Path.of("..")
    private val project = bindings.resolve("../..")

    /** The app that consumer.sh compiles and runs, these tests, and those of the AARs. */
    private val compiled = listOf("consumer/src", "jvm/src/test", "android/src/test", "android-biometric/src").map(bindings::resolve)

    private val documents =
        project.listDirectoryEntries("*.md") + project.resolve("docs").walk().filter { it.extension == "md" } +
            listOf(bindings.resolve("README.md"), project.resolve("demo-apps/android/README.md"))

    @Test
    fun `each snippet of the documents stands in sources that are compiled`() {
        val sources = compiled.flatMap { it.walk() }.filter { it.extension in listOf("kt", "java") }.map { it.readLines().essence() }
        val snippets = documents.flatMap { document -> snippets(document.readLines()).map { document to it } }
        val unknown = snippets.filter { (_, snippet) -> sources.none { snippet in it } }
        assertEquals(emptyList<Any>(), unknown)
        assertTrue(snippets.size >= 4, "the snippets were found")
    }

    /** Without indentation and empty lines, which differ in a document. */
    private fun List<String>.essence() = map(String::trim).filter(String::isNotEmpty).joinToString("\n", "\n", "\n")

    private fun snippets(lines: List<String>): List<String> {
        val starts = lines.indices.filter { lines[it].trim() in listOf("```kotlin", "```java") }
        return starts.map { start -> lines.drop(start + 1).takeWhile { it.trim() != "```" }.essence() }
    }
}
