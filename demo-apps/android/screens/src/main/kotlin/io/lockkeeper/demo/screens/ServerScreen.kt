package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextFieldLineLimits
import androidx.compose.foundation.text.input.rememberTextFieldState
import androidx.compose.material3.Button
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import io.lockkeeper.demo.model.AppModel

private const val FIELD_LINES = 6

/** Asks for the key server: what `lock-keeper-server dev --phone` shows, pasted. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun ServerScreen(app: AppModel) {
    val work by app.work.state.collectAsState()
    val settings = rememberTextFieldState()
    Scaffold(topBar = { TopAppBar(title = { Text("Lock Keeper") }) }) { padding ->
        Form(padding) {
            Text("Key server", style = MaterialTheme.typography.titleMedium)
            OutlinedTextField(
                state = settings,
                modifier = Modifier.fillMaxWidth(),
                label = { Text("Paste its settings") },
                lineLimits = TextFieldLineLimits.MultiLine(FIELD_LINES, FIELD_LINES),
                keyboardOptions = KeyboardOptions(autoCorrectEnabled = false),
            )
            Button({ app.connect(settings.text.toString()) }, Modifier.fillMaxWidth(), settings.text.isNotBlank() && !work.isBusy) {
                Text("Use these settings")
            }
            WorkView(work)
            Note(
                "The settings hold no secret, but they decide whom this app believes. Take them from a screen that you trust: " +
                    "a key server writes them as connect.json.",
            )
        }
    }
}
