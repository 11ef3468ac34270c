package io.lockkeeper.path

import io.lockkeeper.ffi.FfiAuditFilter
import io.lockkeeper.ffi.FfiAuditKind
import io.lockkeeper.ffi.FfiCall
import io.lockkeeper.ffi.FfiCancelToken
import io.lockkeeper.ffi.FfiClient
import io.lockkeeper.ffi.FfiDeviceUnlock
import io.lockkeeper.ffi.FfiException
import io.lockkeeper.ffi.FfiLocalStore
import io.lockkeeper.ffi.FfiLockListener
import io.lockkeeper.ffi.FfiLockReason
import io.lockkeeper.ffi.FfiObserver
import io.lockkeeper.ffi.FfiOperationEvent
import io.lockkeeper.ffi.FfiPhase
import io.lockkeeper.ffi.FfiProgressListener
import io.lockkeeper.ffi.FfiProxyPolicy
import io.lockkeeper.ffi.FfiPurpose
import io.lockkeeper.ffi.FfiServerConfig
import io.lockkeeper.ffi.FfiSessionOptions
import io.lockkeeper.ffi.FfiStoreException
import java.io.File
import java.nio.ByteBuffer
import java.util.UUID
import java.util.concurrent.ConcurrentHashMap

/** Keeps slots in memory, and fails with what a test puts into [failure]. */
private class Store : FfiLocalStore {
    private val slots = ConcurrentHashMap<String, ByteArray>()

    @Volatile
    var failure: Exception? = null

    override fun get(slot: String): ByteArray? = working { slots[slot] }

    override fun put(slot: String, value: ByteArray) = working { slots[slot] = value }

    override fun remove(slot: String) {
        working { slots.remove(slot) }
    }

    private fun <T> working(block: () -> T): T {
        failure?.let { throw it }
        return block()
    }
}

/** Counts what it is told, and throws each time: nobody may be disturbed by that. */
private class Listener : FfiProgressListener, FfiObserver, FfiLockListener {
    val told = ConcurrentHashMap.newKeySet<String>()

    override fun onPhase(phase: FfiPhase) = hear("phase")

    override fun ended(event: FfiOperationEvent) = hear(event.op)

    override fun onLock(reason: FfiLockReason) = hear(reason.name)

    private fun hear(what: String) {
        told.add(what)
        error("a listener that throws")
    }
}

private val listener = Listener()
private val options = FfiSessionOptions(300_000uL, null)

private fun call(cancel: FfiCancelToken? = null) = FfiCall(60_000uL, cancel, listener)

/** Bytes that cross borrowed lie in a direct buffer. */
private fun direct(bytes: ByteArray): ByteBuffer =
    ByteBuffer.allocateDirect(bytes.size).also { it.put(bytes).rewind() }

private fun direct(text: String) = direct(text.toByteArray())

private fun fails(code: String, block: () -> Unit) {
    val thrown = runCatching(block).exceptionOrNull()
    check(thrown is FfiException.Failed && thrown.code == code) { "expected $code, got $thrown" }
}

/** Walks once through everything that crosses, against the key server of the connect.json that is named. */
public fun main(arguments: Array<String>) {
    val config = FfiServerConfig.fromConnectJson(File(arguments[0]).readBytes(), FfiProxyPolicy.SYSTEM)
    val store = Store()
    val client = FfiClient(config, store, listener)
    val name = "ada-${UUID.randomUUID()}"
    val (old, new) = direct("correct horse") to direct("battery staple")

    val session = client.register(name, old, null, options, call())
    session.onLock(listener)
    val secret = session.generate(32u, "door", session.newSecretId(), call())
    val mine = session.importSecret(direct(byteArrayOf(1, 2, 3)), null, null, call())
    check(session.list(null, 100u, call()).toSet() == setOf(secret.info, mine))
    check(session.exportSecret(mine.id, call()).take(4) == listOf<Byte>(3, 1, 2, 3))
    val log = session.audit(FfiAuditFilter(FfiAuditKind.SECRET, emptyList(), null, null), null, call()).entries
    check(log.map { it.action } == listOf("retrieve_for_export", "list", "import", "generate"))

    val unlock = session.deviceUnlock().toBytes()
    client.openSessionWith(FfiDeviceUnlock.fromBytes(direct(unlock)), options, call()).lock()
    fails("wrong_name_or_password") { session.changePassword(new, new, call()) }
    session.changePassword(old, new, call())
    fails("device_unlock_stale") { client.openSessionWith(FfiDeviceUnlock.fromBytes(direct(unlock)), options, call()) }

    val second = FfiClient(config, Store(), null).openSession(name, new, options, call())
    check(second.retrieve(secret.info.id, FfiPurpose.LOCAL_ONLY, call()).bytes.contentEquals(secret.bytes))
    second.deleteSecret(mine.id, call())
    fails("secret_deleted") { second.retrieve(mine.id, FfiPurpose.UNSPECIFIED, call()) }
    fails("password_invalid") { client.openSession(name, direct(""), options, call()) }
    fails("cancelled") { client.openSession(name, new, options, call(FfiCancelToken().also { it.cancel() })) }

    for (failure in listOf(FfiStoreException.Unavailable(), IllegalStateException("undeclared"))) {
        store.failure = failure
        fails("store_unavailable") { client.forget(name) }
    }
    store.failure = null
    second.deleteAccount(new, call())
    check(second.lockReason() == FfiLockReason.ACCOUNT_DELETED)
    session.lock()
    fails("session_locked") { session.list(null, 1u, call()) }
    check(listener.told.containsAll(setOf("phase", "register", "generate", "REQUESTED"))) { listener.told }
    println("kotlin: the whole path was walked")
}
