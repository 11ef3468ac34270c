package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextFieldLineLimits
import androidx.compose.material3.Button
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Scaffold
import androidx.compose.material3.SecondaryTabRow
import androidx.compose.material3.Tab
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import io.lockkeeper.demo.model.DoorModel
import io.lockkeeper.demo.model.Screen
import io.lockkeeper.demo.model.UnlockGate
import io.lockkeeper.demo.model.WorkState
import io.lockkeeper.demo.model.wordsFor

/** Registers or unlocks. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun DoorScreen(
    screen: Screen.Door,
    gate: UnlockGate?,
    onForgetServer: () -> Unit,
) {
    val door = screen.model
    val work by door.work.state.collectAsState()
    val disputed by door.disputed.collectAsState()
    val forgotten by door.forgotten.collectAsState()
    LaunchedEffect(door, gate) { gate?.let { door.lookAt(it) } }
    var isNew by rememberSaveable { mutableStateOf(false) }
    Scaffold(topBar = { TopAppBar(title = { Text("Lock Keeper") }) }) { padding ->
        Form(padding) {
            SecondaryTabRow(if (isNew) 1 else 0) {
                Tab(!isNew, { isNew = false }, text = { Text("Unlock") })
                Tab(isNew, { isNew = true }, text = { Text("New account") })
            }
            screen.notice?.let { Notice(wordsFor(it)) }
            forgotten?.let { Notice("This device knows nothing of $it any more.") }
            OutlinedTextField(
                state = door.name,
                modifier = Modifier.fillMaxWidth().semantics { contentType = if (isNew) ContentType.NewUsername else ContentType.Username },
                label = { Text("Name") },
                lineLimits = TextFieldLineLimits.SingleLine,
                keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, imeAction = ImeAction.Next),
            )
            if (isNew) NewAccount(door, work) else Unlock(door, gate, work)
            WorkView(work, onRepeat = { door.work.repeat() })
            disputed?.let { Forget(it, !work.isBusy) { door.forget(gate) } }
            TextButton(onForgetServer, Modifier.fillMaxWidth(), enabled = !work.isBusy) { Text("Another key server") }
        }
    }
}

@Composable
private fun Unlock(
    door: DoorModel,
    gate: UnlockGate?,
    work: WorkState,
) {
    val canUnlockByGate by door.canUnlockByGate.collectAsState()
    PasswordField(
        door.password,
        "Password",
        imeAction = ImeAction.Done,
        modifier = Modifier.semantics { contentType = ContentType.Password },
    )
    Button({ door.unlock() }, Modifier.fillMaxWidth(), enabled = door.canUnlock && !work.isBusy) { Text("Unlock my secrets") }
    if (gate != null && canUnlockByGate) {
        OutlinedButton({ door.unlockBy(gate) }, Modifier.fillMaxWidth(), enabled = !work.isBusy) {
            Text("Unlock ${door.lastAccount} by finger or face")
        }
    }
}

@Composable
private fun NewAccount(
    door: DoorModel,
    work: WorkState,
) {
    val asNew = Modifier.semantics { contentType = ContentType.NewPassword }
    PasswordField(door.password, "Password", modifier = asNew)
    HintView(door.hint)
    PasswordField(door.repeated, "Password once more", isError = door.isMistyped, imeAction = ImeAction.Done, modifier = asNew)
    if (door.isMistyped) Note("The two passwords are not the same.")
    Button({ door.register() }, Modifier.fillMaxWidth(), enabled = door.canRegister && !work.isBusy) { Text("Make the account") }
    Note("Nobody can reset the password. Without it, what you keep is lost.")
}

/** The way on where this device and the server tell different things of an account. */
@Composable
private fun Forget(
    account: String,
    enabled: Boolean,
    onForget: () -> Unit,
) {
    var isAsking by remember { mutableStateOf(false) }
    OutlinedButton({ isAsking = true }, Modifier.fillMaxWidth(), enabled = enabled) { Text("Forget $account on this device") }
    if (!isAsking) return
    AskBefore(
        title = "Forget $account on this device?",
        confirm = "Forget it",
        onConfirm = {
            isAsking = false
            onForget()
        },
        onDismiss = { isAsking = false },
    ) {
        Text(
            "What this device knows of the account protects you from a server that hides something. " +
                "Forget it only if you have deleted the account yourself, or the provider of the app has told you why.",
        )
    }
}
