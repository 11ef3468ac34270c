package io.lockkeeper.internal.library

import io.lockkeeper.AuditEntry
import io.lockkeeper.AuditFilter
import io.lockkeeper.AuditKind
import io.lockkeeper.LockReason
import io.lockkeeper.Origin
import io.lockkeeper.Outcome
import io.lockkeeper.Phase
import io.lockkeeper.Purpose
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.SessionOptions
import io.lockkeeper.ffi.FfiAuditEntry
import io.lockkeeper.ffi.FfiAuditFilter
import io.lockkeeper.ffi.FfiAuditKind
import io.lockkeeper.ffi.FfiLockReason
import io.lockkeeper.ffi.FfiOrigin
import io.lockkeeper.ffi.FfiOutcome
import io.lockkeeper.ffi.FfiPhase
import io.lockkeeper.ffi.FfiPurpose
import io.lockkeeper.ffi.FfiSecret
import io.lockkeeper.ffi.FfiSecretInfo
import io.lockkeeper.ffi.FfiSessionOptions

internal fun FfiSecret.toFace(): Secret = Secret(info.toFace(), SecretBytes.moved(bytes))

internal fun FfiSecretInfo.toFace(): SecretInfo = SecretInfo(SecretId.parse(id), label, origin.toFace(), createdAtMillis, length.toInt())

private fun FfiOrigin.toFace() =
    when (this) {
        FfiOrigin.GENERATED -> Origin.GENERATED
        FfiOrigin.IMPORTED -> Origin.IMPORTED
    }

internal fun Purpose.toLibrary(): FfiPurpose =
    when (this) {
        Purpose.UNSPECIFIED -> FfiPurpose.UNSPECIFIED
        Purpose.LOCAL_ONLY -> FfiPurpose.LOCAL_ONLY
        Purpose.EXPORT -> FfiPurpose.EXPORT
    }

internal fun SessionOptions.toLibrary(): FfiSessionOptions =
    FfiSessionOptions(
        lockAfterIdle?.inWholeMilliseconds?.toULong(),
        lockInBackgroundAfter?.inWholeMilliseconds?.toULong(),
    )

internal fun FfiLockReason.toFace(): LockReason =
    when (this) {
        FfiLockReason.REQUESTED -> LockReason.REQUESTED
        FfiLockReason.IDLE -> LockReason.IDLE
        FfiLockReason.BACKGROUND -> LockReason.BACKGROUND
        FfiLockReason.PASSWORD_CHANGED -> LockReason.PASSWORD_CHANGED
        FfiLockReason.ACCOUNT_DELETED -> LockReason.ACCOUNT_DELETED
        FfiLockReason.OTHER -> LockReason.OTHER
    }

internal fun FfiPhase.toFace(): Phase =
    when (this) {
        FfiPhase.Connecting -> Phase.Connecting
        FfiPhase.Stretching -> Phase.Stretching
        FfiPhase.Proving -> Phase.Proving
        FfiPhase.Sending -> Phase.Sending
        is FfiPhase.Waiting -> Phase.Waiting(attempt.toInt())
    }

internal fun AuditFilter.toLibrary(): FfiAuditFilter =
    FfiAuditFilter(kind?.toLibrary(), secrets.map(SecretId::toString), afterMillis, beforeMillis)

private fun AuditKind.toLibrary() =
    when (this) {
        AuditKind.LOGIN -> FfiAuditKind.LOGIN
        AuditKind.SECRET -> FfiAuditKind.SECRET
        AuditKind.ACCOUNT -> FfiAuditKind.ACCOUNT
    }

internal fun FfiAuditEntry.toFace(): AuditEntry =
    AuditEntry(
        n = n.toLong(),
        atMillis = atMillis,
        kind = kind.toFace(),
        action = action,
        secret = secret?.let(SecretId::parse),
        outcome = outcome.toFace(),
        count = count.toLong(),
        knownDevice = knownDevice,
    )

private fun FfiAuditKind.toFace() =
    when (this) {
        FfiAuditKind.LOGIN -> AuditKind.LOGIN
        FfiAuditKind.SECRET -> AuditKind.SECRET
        FfiAuditKind.ACCOUNT -> AuditKind.ACCOUNT
    }

private fun FfiOutcome.toFace() =
    when (this) {
        FfiOutcome.SUCCEEDED -> Outcome.SUCCEEDED
        FfiOutcome.REFUSED -> Outcome.REFUSED
        FfiOutcome.NEVER_FINISHED -> Outcome.NEVER_FINISHED
    }
