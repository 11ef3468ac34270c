package io.lockkeeper.demo.model

import io.lockkeeper.demo.KeyServerUnderTest
import io.lockkeeper.demo.Terminal
import io.lockkeeper.demo.pictureOf
import org.junit.Test
import java.awt.Color
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The code that `lock-keeper-server dev --phone` shows in a terminal, in pictures of it. */
class PictureTest {
    private val shown = KeyServerUnderTest.shownToPhones
    private val connectJson = KeyServerUnderTest.connectJsonIn(shown)

    @Test
    fun theCodeInADarkTerminalSaysTheSettings() = assertEquals(connectJson, textOfCode(Terminal().picture(shown)))

    @Test
    fun theCodeInALightTerminalSaysTheSame() {
        val light = Terminal(letters = Color.BLACK, ground = Color.WHITE)
        assertEquals(connectJson, textOfCode(light.picture(shown)))
    }

    @Test
    fun aPictureThatIsAskewSaysTheSame() {
        // Not each of them can be read: then the person is asked for another one.
        val read = listOf(0.03, 0.06, 0.09, 0.12, 0.15).mapNotNull { textOfCode(Terminal().picture(shown, tilt = it)) }
        assertEquals(setOf(connectJson), read.toSet())
        assertTrue(read.size >= 3, "${read.size} of 5")
    }

    @Test
    fun anotherCodeSaysWhatItSays() = assertEquals("https://example.org", textOfCode(pictureOf("https://example.org")))

    @Test
    fun aPictureWithoutACodeSaysNothing() = assertNull(textOfCode(Picture(300, 300, IntArray(300 * 300) { it * 31 })))
}
