package io.lockkeeper.demo.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.TextObfuscationMode
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedSecureTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import io.lockkeeper.demo.model.NextStep
import io.lockkeeper.demo.model.PasswordHint
import io.lockkeeper.demo.model.Problem
import io.lockkeeper.demo.model.WorkState
import io.lockkeeper.demo.model.wordsFor
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.seconds

private val WIDEST = 560.dp
private val GAP = 12.dp

/** A screen of fields and buttons, as wide as is good to read, that scrolls where letters are large. */
@Composable
internal fun Form(
    padding: PaddingValues,
    content: @Composable () -> Unit,
) {
    Column(
        Modifier
            .fillMaxSize()
            .padding(padding)
            .verticalScroll(rememberScrollState())
            .padding(16.dp),
        horizontalAlignment = Alignment.CenterHorizontally,
    ) {
        Column(Modifier.widthIn(max = WIDEST).fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(GAP)) { content() }
    }
}

/** A field for a password. The password manager of the system may fill it in. */
@Composable
internal fun PasswordField(
    state: TextFieldState,
    label: String,
    isError: Boolean = false,
    imeAction: ImeAction = ImeAction.Next,
    modifier: Modifier = Modifier,
) {
    OutlinedSecureTextField(
        state = state,
        modifier = modifier.fillMaxWidth(),
        label = { Text(label) },
        isError = isError,
        textObfuscationMode = TextObfuscationMode.Hidden,
        keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, keyboardType = KeyboardType.Password, imeAction = imeAction),
    )
}

/** How good a password looks, as a bar and in words. */
@Composable
internal fun HintView(hint: PasswordHint) {
    val share = hint.ordinal.toFloat() / PasswordHint.GOOD.ordinal
    val colour =
        when (hint) {
            PasswordHint.EMPTY, PasswordHint.WEAK -> MaterialTheme.colorScheme.error
            PasswordHint.FAIR -> MaterialTheme.colorScheme.primary
            PasswordHint.GOOD -> MaterialTheme.good
        }
    Column(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        verticalArrangement = Arrangement.spacedBy(4.dp),
    ) {
        LinearProgressIndicator(
            progress = { share },
            modifier = Modifier.fillMaxWidth().semantics { contentDescription = "Strength of the password" },
            color = colour,
            drawStopIndicator = {},
        )
        Note(hint.words)
    }
}

/** Words beside what they are about. */
@Composable
internal fun Note(text: String) {
    Text(text, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
}

/**
 * What is under way, or what went wrong.
 *
 * @param onRepeat does once more what has failed
 * @param onLook reads the list anew; null on a screen that has none
 */
@Composable
internal fun WorkView(
    work: WorkState,
    onRepeat: () -> Unit,
    onLook: (() -> Unit)? = null,
) {
    if (work.isBusy) {
        Row(
            Modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
            horizontalArrangement = Arrangement.spacedBy(GAP),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            CircularProgressIndicator(Modifier.size(24.dp), strokeWidth = 3.dp)
            Text(wordsFor(work.phase))
        }
    }
    work.problem?.let { problem ->
        ProblemView(problem)
        if (work.canRepeat) AgainButton(problem.nextStep, onRepeat)
        if (problem.nextStep == NextStep.Look &&
            onLook != null
        ) {
            OutlinedButton(onLook, Modifier.fillMaxWidth()) { Text("Read the list anew") }
        }
    }
}

/** Does once more what has failed; where that has to wait, not before. */
@Composable
private fun AgainButton(
    step: NextStep,
    onRepeat: () -> Unit,
) {
    var isTime by remember(step) { mutableStateOf(step !is NextStep.Wait) }
    if (step is NextStep.Wait) {
        LaunchedEffect(step) {
            delay(step.seconds.seconds)
            isTime = true
        }
    }
    OutlinedButton(onRepeat, Modifier.fillMaxWidth(), enabled = isTime) { Text("Try again") }
}

/** What went wrong, and what the person can do. It is read out as soon as it is there. */
@Composable
private fun ProblemView(problem: Problem) {
    Card(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Assertive },
        colors =
            CardDefaults.cardColors(
                containerColor = MaterialTheme.colorScheme.errorContainer,
                contentColor = MaterialTheme.colorScheme.onErrorContainer,
            ),
    ) {
        Row(Modifier.padding(16.dp), horizontalArrangement = Arrangement.spacedBy(GAP)) {
            Icon(Icons.Warning, contentDescription = "Problem")
            Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                Text(problem.text)
                Text(problem.nextStep.words, style = MaterialTheme.typography.labelLarge)
                problem.forSupport?.let { Text("For support: $it", style = MaterialTheme.typography.bodySmall) }
            }
        }
    }
}

/** A line with an icon that says the same. */
@Composable
internal fun Notice(text: String) {
    Row(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        horizontalArrangement = Arrangement.spacedBy(GAP),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(Icons.Lock, contentDescription = null)
        Text(text)
    }
}

/** Asks before something is gone for good. */
@Composable
internal fun AskBefore(
    title: String,
    confirm: String,
    canConfirm: Boolean = true,
    onConfirm: () -> Unit,
    onDismiss: () -> Unit,
    content: @Composable () -> Unit,
) {
    AlertDialog(
        onDismissRequest = onDismiss,
        title = { Text(title) },
        text = { Column(Modifier.verticalScroll(rememberScrollState())) { content() } },
        confirmButton = {
            TextButton(
                onClick = onConfirm,
                enabled = canConfirm,
                colors = ButtonDefaults.textButtonColors(contentColor = MaterialTheme.colorScheme.error),
            ) { Text(confirm) }
        },
        dismissButton = { TextButton(onDismiss) { Text("Keep it") } },
    )
}
