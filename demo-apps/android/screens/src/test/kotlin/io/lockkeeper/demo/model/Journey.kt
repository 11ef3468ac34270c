package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.setTextAndPlaceCursorAtEnd
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.demo.FragileStore
import io.lockkeeper.demo.KeyServerUnderTest
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes

internal const val PASSWORD = "correct horse battery staple"
internal const val NEXT_PASSWORD = "battery staple correct horse"
internal val PATIENCE = 2.minutes

/** What a phone keeps while processes of the app come and go. */
internal class Device {
    /** What the library keeps. */
    val store = FragileStore()
    private val file = File.createTempFile("lock-keeper", ".memory").apply { deleteOnExit() }

    /** A process of the app, which has looked at what it remembers. */
    suspend fun startApp(): AppModel {
        val app = AppModel(AppMemory { file }) { LockKeeperClient(it, store) }
        withTimeout(PATIENCE) { app.work.state.first { !it.isBusy } }
        return app
    }
}

internal suspend fun newApp() = Device().startApp()

internal suspend fun connectedApp(device: Device = Device()): AppModel {
    val app = device.startApp()
    app.connect(KeyServerUnderTest.connectJson).join()
    assertNull(app.work.state.value.problem)
    return app
}

internal suspend fun register(
    app: AppModel,
    name: String,
): VaultModel {
    val door = assertIs<Screen.Door>(app.screen.value).model
    door.name.type(name)
    door.password.type(PASSWORD)
    assertTrue(door.canUnlock && !door.canRegister)
    door.repeated.type("correct horse battery stable")
    assertTrue(door.isMistyped)
    door.repeated.type(PASSWORD)
    assertTrue(door.canRegister)
    door.register().join()
    assertNull(door.work.state.value.problem)
    assertEquals("", "${door.password.text}${door.repeated.text}", "no password stays in a field")
    return app.await<Screen.Vault>().model.also { it.refresh().join() }
}

internal suspend inline fun <reified T : Screen> AppModel.await(): T = withTimeout(PATIENCE) { screen.first { it is T } as T }

internal fun TextFieldState.type(text: String) = setTextAndPlaceCursorAtEnd(text)
