package io.lockkeeper.demo.model

import io.lockkeeper.Advice
import io.lockkeeper.Code
import io.lockkeeper.LockReason
import io.lockkeeper.Phase

private val BY_CODE: Map<Code, String> =
    mapOf(
        Code.ACCOUNT_NAME_INVALID to "This name cannot be used. It is too long, or has characters that a name may not have.",
        Code.ACCOUNT_NAME_TAKEN to "Somebody has this name already. If it is you, unlock instead.",
        Code.REGISTRATION_CLOSED to "The key server takes no new accounts.",
        Code.PASSWORD_INVALID to "This password cannot be used. It is too long, or has characters that a password may not have.",
        Code.WRONG_NAME_OR_PASSWORD to "Name or password is wrong. Nobody can reset the password.",
        Code.TOO_MANY_ATTEMPTS to "Too many wrong passwords. Wait before you try again.",
        Code.PASSWORD_CHANGED to "Your password was changed on another device.",
        Code.DEVICE_UNLOCK_STALE to "The password was changed since this device was set up to unlock by finger or face.",
        Code.DEVICE_UNLOCK_INVALIDATED to "The fingers or faces that this device knows have changed, so they unlock nothing any more.",
        Code.CONFIG_INVALID to "These are not the settings of a key server.",
        Code.SECRET_NOT_FOUND to "This secret is not there.",
        Code.SECRET_DELETED to "This secret was deleted.",
        Code.SECRET_TOO_LARGE to "A secret has 1 byte to 32 KiB. This one is empty or larger.",
        Code.TOO_LARGE_TO_EXPORT to "This secret is too large to share: more than 255 bytes. You can still show it.",
        Code.LABEL_TOO_LONG to "What it is for is too long.",
        Code.QUOTA_REACHED to "Your account is full. Delete what you no longer need.",
        Code.SESSION_LOCKED to "The app has locked. Unlock it to go on.",
        Code.OFFLINE to "There is no connection to the key server.",
        Code.TIMED_OUT to "The key server took too long to answer.",
        Code.PROXY_REFUSED to "The proxy of this network let nothing through.",
        Code.SERVER_BUSY to "The key server has too much to do now.",
        Code.SERVER_FAILED to "Something is wrong at the key server. Waiting does not help.",
        Code.NOT_TLS to "Something else answered. Is this a network with a sign-in page?",
        Code.SERVER_UNTRUSTED to "The key server could not prove who it is. Nothing was sent to it.",
        Code.PIN_MISMATCH to "The key server could not prove who it is. Nothing was sent to it.",
        Code.WRONG_HOST to "Another server answered. Nothing was sent to it.",
        Code.CERTIFICATE_NOT_VALID_NOW to "The certificate of the key server is not valid at the time that this device shows.",
        Code.SERVER_IDENTITY_CHANGED to "This is not the server that the app was set up with.",
        Code.ROLLED_BACK to "The server shows an older state of your account than this device has seen.",
        Code.AUDIT_TAMPERED to "Your log was changed. Do not trust it.",
        Code.DATA_TAMPERED to "What the server keeps for you was changed. Do not use it.",
        Code.STORE_CORRUPT to "What this device knows of your account is damaged. Nothing was overwritten.",
        Code.NOT_ENOUGH_MEMORY to "There is too little memory to unlock. Close other apps.",
        Code.OUTCOME_UNKNOWN to "It is not known whether that worked.",
        Code.TICKET_REFUSED to "The key server did not take the ticket that came with this name.",
        Code.SECRET_ID_TAKEN to "Another secret has the place of this one. Nothing was kept.",
        Code.TLS_TOO_OLD to "The key server, or what stands before it, is too old to be safe. Nothing was sent to it.",
        Code.REDIRECTED to "The key server sent the app elsewhere, and the app does not follow.",
        Code.VERSION_UNSUPPORTED to "This app is too old for the key server.",
        Code.STORE_UNAVAILABLE to "This device cannot read now what it keeps of your account.",
        Code.CANCELLED to "That was stopped before it was done.",
        Code.PROTOCOL_VIOLATION to "The key server sent something that makes no sense.",
        Code.INTERNAL to "Something in the app went wrong.",
    )

/** The app's own words for a code; null where it has none, as for those of later releases. */
internal fun wordsFor(code: Code): String? = BY_CODE[code]

/** The app's own words where a code has none. */
internal fun wordsFor(advice: Advice): String =
    when (advice) {
        Advice.FIX_INPUT -> "That cannot be done as it is."
        Advice.ASK_PASSWORD -> "Your password is needed."
        Advice.WAIT -> "That cannot be done yet."
        Advice.RETRY -> "That did not work this time."
        Advice.CHECK_NETWORK -> "The key server cannot be reached."
        Advice.CHECK_CLOCK -> "Date or time of this device seem to be wrong."
        Advice.UNLOCK_DEVICE -> "What this device keeps cannot be read while it is locked."
        Advice.UPDATE_APP -> "This app is too old for the key server."
        Advice.CONTACT_SUPPORT -> "Something is wrong with the key server."
        Advice.BUG -> "The app met something that it does not know."
    }

/** What is under way, for the person who waits. */
internal fun wordsFor(phase: Phase?): String =
    when (phase) {
        Phase.Stretching -> "Making the password hard to guess"
        Phase.Proving -> "Proving the password"
        is Phase.Waiting -> "Trying again, time ${phase.attempt + 1}"
        Phase.Connecting, Phase.Sending, null -> "Talking to the key server"
    }

/** Why the app has locked. */
internal fun wordsFor(reason: LockReason): String =
    when (reason) {
        LockReason.IDLE -> "Locked, because it was not used."
        LockReason.BACKGROUND -> "Locked, because it was in the background."
        LockReason.PASSWORD_CHANGED -> "Locked, because the password was changed on another device."
        LockReason.ACCOUNT_DELETED -> "The account was deleted."
        LockReason.REQUESTED, LockReason.OTHER -> "Locked."
    }
