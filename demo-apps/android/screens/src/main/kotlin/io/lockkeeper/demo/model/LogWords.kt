package io.lockkeeper.demo.model

import io.lockkeeper.AuditEntry
import io.lockkeeper.Outcome

private val BY_ACTION: Map<String, String> =
    mapOf(
        "login" to "Login",
        "attempts_turned_away" to "Logins turned away",
        "complete_registration" to "Account made",
        "generate" to "Secret generated",
        "import" to "Secret imported",
        "retrieve" to "Secret read",
        "retrieve_local_only" to "Secret shown",
        "retrieve_for_export" to "Secret shared",
        "list" to "Secrets listed",
        "audit" to "Log read",
        "delete" to "Secret deleted",
        "change_password" to "Change of password begun",
        "password_changed" to "Password changed",
        "delete_account" to "Account deleted",
    )

/**
 * An entry of the log, as one line.
 *
 * @param label what the secret is for, where that is known: it may be deleted
 */
internal fun wordsFor(
    entry: AuditEntry,
    label: String?,
): String {
    val action = BY_ACTION[entry.action] ?: entry.action.replace('_', ' ').replaceFirstChar(Char::uppercase)
    val device =
        when (entry.knownDevice) {
            true -> " from a known device"
            false -> " from a new device"
            null -> ""
        }
    val end =
        when (entry.outcome) {
            Outcome.SUCCEEDED -> ""
            Outcome.REFUSED -> ", refused"
            Outcome.NEVER_FINISHED -> ", never finished"
        }
    val times = if (entry.count > 1) ", ${entry.count} times" else ""
    return action + label?.let { ": $it" }.orEmpty() + device + end + times
}
