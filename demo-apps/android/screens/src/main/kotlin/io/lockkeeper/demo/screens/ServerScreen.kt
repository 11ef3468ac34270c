package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextFieldLineLimits
import androidx.compose.foundation.text.input.rememberTextFieldState
import androidx.compose.material3.Button
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.Modifier
import io.lockkeeper.demo.model.AppModel
import io.lockkeeper.demo.model.Platform
import kotlinx.coroutines.launch

private const val FIELD_LINES = 6

/** Asks for the key server: what `lock-keeper-server dev --phone` shows, by a picture of it or pasted. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun ServerScreen(
    app: AppModel,
    platform: Platform,
) {
    val scope = rememberCoroutineScope()
    val work by app.work.state.collectAsState()
    val settings = rememberTextFieldState()
    Scaffold(topBar = { TopAppBar(title = { Text("Lock Keeper") }) }) { padding ->
        Form(padding) {
            Heading("Key server")
            Button(
                { scope.launch { platform.takePicture()?.let(app::connectBy) } },
                Modifier.fillMaxWidth(),
                enabled = !work.isBusy,
            ) { Text(if (platform.hasCamera) "Take a picture of its code" else "Choose a picture of its code") }
            OutlinedTextField(
                state = settings,
                modifier = Modifier.fillMaxWidth(),
                label = { Text("Or paste its settings") },
                lineLimits = TextFieldLineLimits.MultiLine(FIELD_LINES, FIELD_LINES),
                keyboardOptions = KeyboardOptions(autoCorrectEnabled = false),
            )
            OutlinedButton(
                { app.connect(settings.text.toString()) },
                Modifier.fillMaxWidth(),
                enabled = settings.text.isNotBlank() && !work.isBusy,
            ) { Text("Use these settings") }
            WorkView(work, onRepeat = { app.work.repeat() })
            Note(
                "The settings hold no secret, but they decide whom this app believes. Take them from a screen that you trust: " +
                    "a key server shows them as a code, and writes them as connect.json.",
            )
        }
    }
}
