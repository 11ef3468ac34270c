package io.lockkeeper.demo.screens

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.ui.Modifier
import io.lockkeeper.demo.model.AppModel
import io.lockkeeper.demo.model.Platform
import io.lockkeeper.demo.model.Screen

/** The whole app: the screen that the person sees now. */
@Composable
fun DemoApp(
    app: AppModel,
    platform: Platform,
    dark: Boolean = isSystemInDarkTheme(),
) {
    val screen by app.screen.collectAsState()
    LaunchedEffect(screen) { platform.allowCapture(screen is Screen.Server) }
    DemoTheme(dark) {
        Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
            // What one screen remembers, such as which of its pages is open, is no other's.
            key(screen) {
                when (val now = screen) {
                    Screen.Beginning -> Unit
                    Screen.Server -> ServerScreen(app, platform)
                    is Screen.Door -> DoorScreen(now, platform.gate, onForgetServer = { app.forgetServer(platform.gate) })
                    is Screen.Vault -> VaultScreen(now.model, platform)
                }
            }
        }
    }
}
