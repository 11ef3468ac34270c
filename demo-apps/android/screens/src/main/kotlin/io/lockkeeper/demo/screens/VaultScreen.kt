package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.text.style.TextOverflow
import io.lockkeeper.demo.model.Platform
import io.lockkeeper.demo.model.VaultModel
import kotlinx.coroutines.Job

private enum class Page(
    val title: String,
    val icon: ImageVector,
) {
    SECRETS("Secrets", Icons.Key),
    LOG("Log", Icons.Log),
    ACCOUNT("Account", Icons.Person),
}

/** The unlocked account: its secrets, its log, and itself. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun VaultScreen(
    vault: VaultModel,
    platform: Platform,
) {
    var page by rememberSaveable { mutableStateOf(Page.SECRETS) }
    val isBusy by vault.isBusy.collectAsState(false)
    LaunchedEffect(vault) { vault.refresh() }
    Scaffold(
        topBar = {
            TopAppBar(
                title = { Text(vault.account, maxLines = 1, overflow = TextOverflow.Ellipsis) },
                actions = {
                    vault.readerOf(page)?.let { read ->
                        IconButton({ read() }, enabled = !isBusy) { Icon(Icons.Anew, contentDescription = "Read anew") }
                    }
                    IconButton(vault::lock) { Icon(Icons.Lock, contentDescription = "Lock") }
                },
            )
        },
        bottomBar = { PageBar(page) { page = it } },
    ) { padding -> PageView(page, vault, platform, padding) }
}

/** What reads anew what a page shows; null where it shows nothing of the server's. */
private fun VaultModel.readerOf(page: Page): (() -> Job)? =
    when (page) {
        Page.SECRETS -> ::refresh
        Page.LOG -> ::readLog
        Page.ACCOUNT -> null
    }

@Composable
private fun PageBar(
    page: Page,
    onOpen: (Page) -> Unit,
) {
    NavigationBar {
        Page.entries.forEach {
            NavigationBarItem(it == page, { onOpen(it) }, { Icon(it.icon, contentDescription = null) }, label = { Text(it.title) })
        }
    }
}

@Composable
private fun PageView(
    page: Page,
    vault: VaultModel,
    platform: Platform,
    padding: PaddingValues,
) {
    when (page) {
        Page.SECRETS -> SecretsPage(vault, platform, padding)
        Page.LOG -> LogPage(vault, padding)
        Page.ACCOUNT -> AccountPage(vault, platform.gate, padding)
    }
}
