package io.lockkeeper.internal.library

import io.lockkeeper.AuditFilter
import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.LockReason
import io.lockkeeper.Password
import io.lockkeeper.Purpose
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.ffi.FfiAuditCursor
import io.lockkeeper.ffi.FfiCall
import io.lockkeeper.ffi.FfiSession
import io.lockkeeper.internal.AuditPage
import io.lockkeeper.internal.AuditPlace
import io.lockkeeper.internal.Call
import io.lockkeeper.internal.OpenAccount

/** The unlocked account over the native library. */
internal class LibraryAccount(
    private val session: FfiSession,
) : OpenAccount {
    override val name: String = session.account()

    override fun generate(
        bytes: Int,
        label: String?,
        id: SecretId?,
        call: Call,
    ): Secret = perform(call) { session.generate(bytes.toUInt(), label, id?.toString(), it).toFace() }

    override fun importSecret(
        bytes: SecretBytes,
        label: String?,
        id: SecretId?,
        call: Call,
    ): SecretInfo =
        perform(call) { crossed ->
            bytes.lend { lent -> session.importSecret(lent, label, id?.toString(), crossed).toFace() }
        }

    override fun retrieve(
        id: SecretId,
        purpose: Purpose,
        call: Call,
    ): Secret = perform(call) { session.retrieve(id.toString(), purpose.toLibrary(), it).toFace() }

    override fun export(
        id: SecretId,
        call: Call,
    ): SecretBytes = perform(call) { SecretBytes.moved(session.exportSecret(id.toString(), it)) }

    override fun list(
        after: SecretId?,
        limit: Int,
        call: Call,
    ): List<SecretInfo> =
        perform(call) { crossed ->
            val most = limit.coerceIn(0, UShort.MAX_VALUE.toInt()).toUShort()
            session.list(after?.toString(), most, crossed).map { it.toFace() }
        }

    override fun delete(
        id: SecretId,
        call: Call,
    ) = perform(call) { session.deleteSecret(id.toString(), it) }

    override fun audit(
        filter: AuditFilter,
        from: AuditPlace?,
        call: Call,
    ): AuditPage =
        perform(call) { crossed ->
            val place = from as Place?
            try {
                val page = session.audit(filter.toLibrary(), place?.cursor, crossed)
                AuditPage(page.entries.map { it.toFace() }, page.next?.let(::Place))
            } finally {
                place?.cursor?.destroy()
            }
        }

    private class Place(
        val cursor: FfiAuditCursor,
    ) : AuditPlace

    override fun changePassword(
        old: Password,
        new: Password,
        call: Call,
    ) = perform(call) { crossed ->
        old.lend { before -> new.lend { after -> session.changePassword(before, after, crossed) } }
    }

    override fun deleteAccount(
        password: Password,
        call: Call,
    ) = perform(call) { crossed -> password.lend { utf8 -> session.deleteAccount(utf8, crossed) } }

    override fun deviceUnlock(): DeviceUnlock =
        held {
            val unlock = session.deviceUnlock()
            try {
                DeviceUnlock.moved(unlock.toBytes())
            } finally {
                unlock.destroy()
            }
        }

    /** Another thread may lock it and let go of it at the same time: then there is nothing left to do. */
    override fun lock() {
        try {
            crossing { session.lock() }
        } catch (failure: LockKeeperException) {
            if (!session.uniffiIsDestroyed) throw failure
        }
        session.destroy()
    }

    /** One that was let go of was locked first, if not for another reason. */
    override fun lockReason(): LockReason? =
        try {
            crossing { session.lockReason()?.toFace() }
        } catch (failure: LockKeeperException) {
            if (session.uniffiIsDestroyed) LockReason.REQUESTED else throw failure
        }

    override fun onLock(listener: (LockReason) -> Unit) = held { session.onLock(Locking(listener)) }

    override fun enteredBackground() = held { session.enteredBackground() }

    override fun enteredForeground() = held { session.enteredForeground() }

    private inline fun <T> perform(
        call: Call,
        block: (FfiCall) -> T,
    ): T = held { call.carried(block) }

    /** UniFFI refuses an object that was let go of with an exception of its own. */
    private inline fun <T> held(block: () -> T): T =
        try {
            crossing(block)
        } catch (failure: LockKeeperException) {
            throw if (session.uniffiIsDestroyed && failure.cause is IllegalStateException) {
                LockKeeperException(Code.SESSION_LOCKED)
            } else {
                failure
            }
        }
}
