package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import io.lockkeeper.AuditEntry
import io.lockkeeper.demo.model.VaultModel
import io.lockkeeper.demo.model.wordsFor

/** The account's log, which is shown once it was verified. */
@Composable
internal fun LogPage(
    vault: VaultModel,
    padding: PaddingValues,
) {
    val state by vault.state.collectAsState()
    val work by vault.logWork.state.collectAsState()
    LaunchedEffect(vault) { vault.readLog() }
    val labels = remember(state.secrets) { state.secrets.orEmpty().associate { it.id to it.label } }
    LazyColumn(
        Modifier.fillMaxSize().padding(padding),
        contentPadding = PaddingValues(16.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        if (work.hasSomethingToSay) item { WorkView(work, onRepeat = { vault.logWork.repeat() }) }
        state.log?.let { log ->
            item { Verified(log.size) }
            items(log, key = { it.n }) { entry -> EntryView(entry, labels[entry.secret]) }
        }
    }
}

@Composable
private fun Verified(entries: Int) {
    Card(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        colors =
            CardDefaults.cardColors(
                containerColor = MaterialTheme.colorScheme.tertiaryContainer,
                contentColor = MaterialTheme.colorScheme.onTertiaryContainer,
            ),
    ) {
        Row(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Icon(Icons.Verified, contentDescription = null)
            Column {
                Text("Verified to its beginning", style = MaterialTheme.typography.titleMedium)
                Text("$entries entries, and none was changed or taken out.", style = MaterialTheme.typography.bodySmall)
            }
        }
    }
}

@Composable
private fun EntryView(
    entry: AuditEntry,
    label: String?,
) {
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}, Arrangement.spacedBy(2.dp)) {
        Text(wordsFor(entry, label))
        Note(readableTime(entry.atMillis))
        HorizontalDivider(Modifier.padding(top = 6.dp))
    }
}
