package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import io.lockkeeper.demo.model.VaultModel

/** The password, and the end of the account. */
@Composable
internal fun AccountPage(
    vault: VaultModel,
    padding: PaddingValues,
) {
    val state by vault.state.collectAsState()
    val work by vault.work.state.collectAsState()
    var isAsking by remember { mutableStateOf(false) }
    DisposableEffect(vault) { onDispose(vault::forgetPasswords) }
    Form(padding) {
        ChangePassword(vault, !work.isBusy)
        if (state.isPasswordChanged) Notice("The password is changed. Other devices have to unlock again.")
        WorkView(work)
        HorizontalDivider()
        Heading("The end of the account")
        OutlinedButton(
            { isAsking = true },
            Modifier.fillMaxWidth(),
            enabled = !work.isBusy,
            colors = ButtonDefaults.outlinedButtonColors(contentColor = MaterialTheme.colorScheme.error),
        ) { Text("Delete the account") }
        Note("Everything that you keep goes with it, for good.")
    }
    if (isAsking) DeleteAccount(vault) { isAsking = false }
}

@Composable
private fun ChangePassword(
    vault: VaultModel,
    enabled: Boolean,
) {
    Heading("Password")
    PasswordField(vault.oldPassword, "Old password", modifier = Modifier.semantics { contentType = ContentType.Password })
    PasswordField(
        vault.newPassword,
        "New password",
        imeAction = ImeAction.Done,
        modifier = Modifier.semantics { contentType = ContentType.NewPassword },
    )
    HintView(vault.hint)
    Button(
        { vault.changePassword() },
        Modifier.fillMaxWidth(),
        enabled = enabled && vault.oldPassword.text.isNotEmpty() && vault.newPassword.text.isNotEmpty(),
    ) { Text("Change it") }
}

@Composable
private fun DeleteAccount(
    vault: VaultModel,
    onDone: () -> Unit,
) {
    AskBefore(
        title = "Delete the account for good?",
        confirm = "Delete",
        canConfirm = vault.confirmation.text.isNotEmpty(),
        onConfirm = {
            vault.deleteAccount()
            onDone()
        },
        onDismiss = {
            vault.forgetPasswords()
            onDone()
        },
    ) {
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Text("All your secrets go with it. Nobody can bring them back.")
            PasswordField(vault.confirmation, "Password", imeAction = ImeAction.Done)
        }
    }
}
