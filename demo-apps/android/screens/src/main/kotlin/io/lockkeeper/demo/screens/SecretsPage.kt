package io.lockkeeper.demo.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.text.input.TextFieldLineLimits
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import io.lockkeeper.Origin
import io.lockkeeper.SecretInfo
import io.lockkeeper.demo.model.Platform
import io.lockkeeper.demo.model.Revealed
import io.lockkeeper.demo.model.VaultModel
import kotlinx.coroutines.launch

/** Makes secrets, and lists those that there are. */
@Composable
internal fun SecretsPage(
    vault: VaultModel,
    platform: Platform,
    padding: PaddingValues,
) {
    val state by vault.state.collectAsState()
    val work by vault.work.state.collectAsState()
    val isBusy by vault.isBusy.collectAsState(false)
    var doomed by remember { mutableStateOf<SecretInfo?>(null) }
    LazyColumn(
        Modifier.fillMaxSize().padding(padding),
        contentPadding = PaddingValues(16.dp),
        verticalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        item { NewSecret(vault, platform, isBusy) }
        if (work.hasSomethingToSay) item { WorkView(work, onRepeat = { vault.work.repeat() }, onLook = { vault.refresh() }) }
        item { Heading("Secrets") }
        if (state.secrets?.isEmpty() == true) item { Note("There are none yet.") }
        items(state.secrets.orEmpty(), key = { "${it.id}" }) { secret ->
            SecretCard(
                secret = secret,
                revealed = state.revealed?.takeIf { it.id == secret.id },
                enabled = !isBusy,
                onShow = { vault.reveal(secret.id) },
                onHide = vault::hide,
                onShare = { vault.export(secret, platform::share) },
                onDelete = { doomed = secret },
            )
        }
    }
    doomed?.let { secret ->
        AskBefore(
            title = "Delete “${nameOf(secret)}” for good?",
            confirm = "Delete",
            onConfirm = {
                vault.delete(secret.id)
                doomed = null
            },
            onDismiss = { doomed = null },
        ) { Text("Nobody can bring it back.") }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun NewSecret(
    vault: VaultModel,
    platform: Platform,
    isBusy: Boolean,
) {
    val scope = rememberCoroutineScope()
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Heading("New secret")
        OutlinedTextField(
            state = vault.label,
            modifier = Modifier.fillMaxWidth(),
            label = { Text("What it is for") },
            lineLimits = TextFieldLineLimits.SingleLine,
        )
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Button({ vault.generate() }, enabled = !isBusy) { Text("Generate") }
            OutlinedButton({ scope.launch { platform.chooseFile()?.let(vault::importFile) } }, enabled = !isBusy) {
                Text("Import a file")
            }
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun SecretCard(
    secret: SecretInfo,
    revealed: Revealed?,
    enabled: Boolean,
    onShow: () -> Unit,
    onHide: () -> Unit,
    onShare: () -> Unit,
    onDelete: () -> Unit,
) {
    val name = nameOf(secret)
    Card(Modifier.fillMaxWidth(), colors = CardDefaults.cardColors(MaterialTheme.colorScheme.surfaceContainer)) {
        Column(Modifier.padding(start = 4.dp, top = 12.dp, end = 4.dp, bottom = 4.dp)) {
            Column(Modifier.padding(horizontal = 12.dp).semantics(mergeDescendants = true) {}) {
                Text(name, style = MaterialTheme.typography.titleMedium)
                Note("${originOf(secret)}, ${secret.length} bytes, ${readableTime(secret.createdAtMillis)}")
            }
            revealed?.let { RevealedText(it, onHide) }
            FlowRow(horizontalArrangement = Arrangement.spacedBy(4.dp)) {
                if (revealed == null) CardButton("Show", name, enabled, onShow) else CardButton("Hide", name, true, onHide)
                CardButton("Share", name, enabled, onShare)
                CardButton("Delete", name, enabled, onDelete)
            }
        }
    }
}

/** A button that says to TalkBack which secret it is about. */
@Composable
private fun CardButton(
    text: String,
    secret: String,
    enabled: Boolean,
    onClick: () -> Unit,
) {
    TextButton(onClick, Modifier.semantics { contentDescription = "$text $secret" }, enabled) { Text(text) }
}

@Composable
private fun RevealedText(
    revealed: Revealed,
    onHide: () -> Unit,
) {
    Column(
        Modifier
            .fillMaxWidth()
            .padding(horizontal = 12.dp, vertical = 8.dp)
            .clip(MaterialTheme.shapes.small)
            .background(MaterialTheme.colorScheme.surface)
            .clickable(onClickLabel = "Hide it", onClick = onHide)
            .padding(12.dp),
    ) {
        Text(revealed.text, fontFamily = FontFamily.Monospace, style = MaterialTheme.typography.bodyLarge)
        Note("Hidden again after ${VaultModel.HIDE_AFTER.inWholeSeconds} seconds, or when you tap it.")
    }
}

@Composable
internal fun Heading(text: String) {
    Text(text, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
}

private fun nameOf(secret: SecretInfo): String = secret.label ?: "Without a label"

private fun originOf(secret: SecretInfo): String =
    when (secret.origin) {
        Origin.GENERATED -> "Generated"
        Origin.IMPORTED -> "Imported"
    }
