package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import io.lockkeeper.demo.model.UnlockGate
import io.lockkeeper.demo.model.VaultModel

/** The password, and the end of the account. */
@Composable
internal fun AccountPage(
    vault: VaultModel,
    gate: UnlockGate?,
    padding: PaddingValues,
) {
    val state by vault.state.collectAsState()
    val work by vault.accountWork.state.collectAsState()
    val isBusy by vault.isBusy.collectAsState(false)
    var isAsking by remember { mutableStateOf(false) }
    DisposableEffect(vault) { onDispose(vault::forgetPasswords) }
    LaunchedEffect(vault, gate) { gate?.let { vault.lookAt(it) } }
    Form(padding) {
        ChangePassword(vault, gate, !isBusy)
        if (state.isPasswordChanged) Notice("The password is changed. Other devices have to unlock again.")
        WorkView(work, onRepeat = { vault.accountWork.repeat() })
        gate?.let {
            HorizontalDivider()
            FingerOrFace(vault, it, state.opensByGate, !isBusy)
        }
        HorizontalDivider()
        Heading("The end of the account")
        OutlinedButton(
            { isAsking = true },
            Modifier.fillMaxWidth(),
            enabled = !isBusy,
            colors = ButtonDefaults.outlinedButtonColors(contentColor = MaterialTheme.colorScheme.error),
        ) { Text("Delete the account") }
        Note("Everything that you keep goes with it, for good.")
    }
    if (isAsking) DeleteAccount(vault, gate) { isAsking = false }
}

@Composable
private fun ChangePassword(
    vault: VaultModel,
    gate: UnlockGate?,
    enabled: Boolean,
) {
    Heading("Password")
    PasswordField(vault.oldPassword, "Old password", modifier = Modifier.semantics { contentType = ContentType.Password })
    val asNew = Modifier.semantics { contentType = ContentType.NewPassword }
    PasswordField(vault.newPassword, "New password", modifier = asNew)
    HintView(vault.hint)
    PasswordField(
        vault.repeatedPassword,
        "New password once more",
        isError = vault.isMistyped,
        imeAction = ImeAction.Done,
        modifier = asNew,
    )
    if (vault.isMistyped) Note("The two passwords are not the same.")
    Button({ vault.changePassword(gate) }, Modifier.fillMaxWidth(), enabled = enabled && vault.canChangePassword) { Text("Change it") }
}

@Composable
private fun FingerOrFace(
    vault: VaultModel,
    gate: UnlockGate,
    isOn: Boolean,
    enabled: Boolean,
) {
    Row(
        Modifier
            .fillMaxWidth()
            .toggleable(isOn, enabled, Role.Switch) { if (it) vault.openBy(gate) else vault.openNoMoreBy(gate) },
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f), Arrangement.spacedBy(4.dp)) {
            Text("Unlock by finger or face", style = MaterialTheme.typography.titleMedium)
            Note("Any finger or face that this device knows now. One that is added later ends it.")
        }
        Switch(isOn, onCheckedChange = null, enabled = enabled)
    }
}

@Composable
private fun DeleteAccount(
    vault: VaultModel,
    gate: UnlockGate?,
    onDone: () -> Unit,
) {
    AskBefore(
        title = "Delete the account for good?",
        confirm = "Delete",
        canConfirm = vault.confirmation.text.isNotEmpty(),
        onConfirm = {
            vault.deleteAccount(gate)
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
