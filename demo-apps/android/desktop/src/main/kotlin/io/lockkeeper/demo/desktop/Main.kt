package io.lockkeeper.demo.desktop

import androidx.compose.runtime.remember
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.demo.model.AppMemory
import io.lockkeeper.demo.model.AppModel
import io.lockkeeper.demo.screens.DemoApp
import io.lockkeeper.jvm.FileStore
import java.io.File
import kotlin.io.path.Path
import kotlin.io.path.readText
import kotlin.system.exitProcess

private const val WRONG_USAGE = 64
private val SIZE = DpSize(420.dp, 820.dp)

/** Opens the app: `DIRECTORY` is where this device keeps what it must, `CONNECT_JSON` a file with the settings of a key server. */
fun main(arguments: Array<String>) {
    if (arguments.size !in 1..2) {
        System.err.println("usage: MainKt DIRECTORY [CONNECT_JSON]")
        exitProcess(WRONG_USAGE)
    }
    val store = FileStore(Path(arguments[0]))
    val app = AppModel(AppMemory { File(arguments[0], "demo-app") }) { LockKeeperClient(it, store) }
    arguments.getOrNull(1)?.let { app.connect(Path(it).readText()) }
    application {
        Window(::exitApplication, rememberWindowState(size = SIZE), title = "Lock Keeper") {
            DemoApp(app, remember { DesktopPlatform(window) })
        }
    }
}
