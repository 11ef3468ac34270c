package io.lockkeeper.demo.screens

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextClearance
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.MemoryStore
import io.lockkeeper.SecretBytes
import io.lockkeeper.ServerConfig
import io.lockkeeper.demo.TestGate
import io.lockkeeper.demo.model.AppMemory
import io.lockkeeper.demo.model.AppModel
import io.lockkeeper.demo.model.ChosenFile
import io.lockkeeper.demo.model.Picture
import io.lockkeeper.demo.model.Platform
import java.io.File
import java.nio.file.Files
import javax.imageio.ImageIO
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.minutes

private const val PATIENCE_MILLIS = 120_000L
private val PATIENCE = 10.minutes
private const val DENSITY = 1.5f
private val SIZE = Size(412 * DENSITY, 820 * DENSITY)

/** The app on a phone, and a person who taps and types. */
@OptIn(ExperimentalTestApi::class)
internal class Phone(
    private val test: SkikoComposeUiTest,
    private val theme: String,
    val platform: TestPlatform,
) {
    fun type(
        field: String,
        text: String,
    ) {
        see(hasSetTextAction() and hasText(field))
        test.onNode(hasSetTextAction() and hasText(field)).performScrollTo().performTextInput(text)
    }

    fun clear(field: String) {
        test.onNode(hasSetTextAction() and hasText(field)).performTextClearance()
    }

    /** Taps a button as soon as nothing is under way, and scrolls to it where it is on a page that scrolls. */
    fun tap(button: SemanticsMatcher) {
        val it = button and hasClickAction()
        see(it and isEnabled())
        val scrolls = test.onAllNodes(it and hasAnyAncestor(hasScrollAction())).fetchSemanticsNodes().isNotEmpty()
        if (scrolls) test.onNode(it).performScrollTo()
        test.onNode(it).assertIsDisplayed().performClick()
    }

    fun tap(button: String) = tap(hasText(button))

    /** Waits until it is there. */
    fun see(what: SemanticsMatcher) {
        test.waitUntil("it is shown: ${what.description}", PATIENCE_MILLIS) {
            test.onAllNodes(what).fetchSemanticsNodes().isNotEmpty()
        }
    }

    fun see(text: String) = see(hasText(text, substring = true))

    /** Waits until it is gone. */
    fun seeNoMore(what: SemanticsMatcher) {
        test.waitUntil("it is gone: ${what.description}", PATIENCE_MILLIS) { test.onAllNodes(what).fetchSemanticsNodes().isEmpty() }
    }

    /** A picture of the screen, as `android-NAME-THEME.png`. Who cannot see it has to hear what each button does. */
    fun picture(name: String) {
        test.waitForIdle()
        assertEquals(emptyList(), buttonsThatSayNothing())
        val picture = test.captureToImage().toAwtImage()
        ImageIO.write(withFewColours(picture), "png", File(System.getProperty("lockkeeper.screenshots"), "android-$name-$theme.png"))
    }

    /** What can be tapped, and says nothing to who cannot see it. */
    private fun buttonsThatSayNothing(): List<String> =
        test
            .onAllNodes(hasClickAction() and !hasText("", substring = true) and !hasContentDescription("", substring = true))
            .fetchSemanticsNodes()
            .map { "${it.config}" }
}

/** Opens the app on a phone. */
@OptIn(ExperimentalTestApi::class)
internal fun onPhone(
    theme: String = "light",
    fontScale: Float = 1f,
    makeClient: (ServerConfig) -> LockKeeperClient = { LockKeeperClient(it, MemoryStore()) },
    test: Phone.() -> Unit,
) = runSkikoComposeUiTest(SIZE, Density(DENSITY), testTimeout = PATIENCE) {
    val platform = TestPlatform()
    val directory = Files.createTempDirectory("lock-keeper-phone").toFile()
    val app = AppModel(AppMemory { File(directory, "memory") }, makeClient)
    setContent {
        CompositionLocalProvider(LocalDensity provides Density(DENSITY, fontScale)) {
            DemoApp(app, platform, dark = theme == "dark")
        }
    }
    try {
        Phone(this, theme, platform).test()
    } finally {
        directory.deleteRecursively()
    }
}

/** A system whose person always chooses the same file. */
internal class TestPlatform : Platform {
    /** The length of each export that was shared, in bytes, by its name. */
    val shared = mutableMapOf<String, Int>()

    /** Whether the screen may be captured now. */
    var isCaptureAllowed: Boolean? = null
        private set

    override val hasCamera = true
    override val gate = TestGate()

    /** What the camera sees. */
    var picture: Picture? = null

    override suspend fun takePicture() = picture

    override suspend fun chooseFile() = ChosenFile("recovery.txt", SecretBytes("twelve words that nobody else knows".toByteArray()))

    override suspend fun share(
        export: SecretBytes,
        name: String,
    ) {
        shared[name] = export.size
    }

    override fun allowCapture(allowed: Boolean) {
        isCaptureAllowed = allowed
    }
}
