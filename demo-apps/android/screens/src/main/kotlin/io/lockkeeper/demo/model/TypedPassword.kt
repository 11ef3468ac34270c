package io.lockkeeper.demo.model

import androidx.compose.foundation.ExperimentalFoundationApi
import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText
import io.lockkeeper.Password

/** The password in a field, which is cleared at once: its text cannot be wiped, so it should not stay. */
internal fun TextFieldState.takePassword(): Password = Password(text).also { forget() }

/** Clears a field, and what it could undo. */
@OptIn(ExperimentalFoundationApi::class)
internal fun TextFieldState.forget() {
    clearText()
    undoState.clearHistory()
}
