package io.lockkeeper

import org.junit.jupiter.api.Assertions.assertEquals
import java.nio.file.Path
import kotlin.reflect.KClass

/** Java processes for what cannot be tested in one that other tests share. */
internal object OwnProcess {
    /** What the `main` of an object says, a line each, when it has ended well. */
    fun run(
        main: KClass<*>,
        vararg arguments: String,
        environment: Map<String, String> = emptyMap(),
    ): List<String> {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val classpath = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val builder = ProcessBuilder(java, "-cp", classpath, main.java.name, *arguments)
        builder.environment().putAll(environment)
        val child = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val said = child.inputStream.bufferedReader().readLines()
        assertEquals(0, child.waitFor(), "$said")
        return said
    }
}
