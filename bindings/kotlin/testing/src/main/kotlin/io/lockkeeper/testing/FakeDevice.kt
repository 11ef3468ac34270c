package io.lockkeeper.testing

import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.Phase
import io.lockkeeper.SessionOptions
import io.lockkeeper.internal.Call
import io.lockkeeper.internal.KeyServer
import io.lockkeeper.internal.OpenAccount
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** A device, as the face sees it, of a fake server. */
internal class FakeDevice(
    private val server: FakeKeyServer,
) : KeyServer {
    override fun checkConfig() = Unit

    override fun register(
        account: String,
        password: Password,
        ticket: ByteArray?,
        options: SessionOptions,
        call: Call,
    ): OpenAccount {
        server.begin(call, Phase.Connecting, Phase.Stretching, Phase.Proving, Phase.Sending)
        val name = prepared(account)
        val made = server.create(name, bytes(password)) ?: fail(Code.ACCOUNT_NAME_TAKEN)
        made.registered()
        return FakeOpenAccount(server, name, made, options)
    }

    override fun openSession(
        account: String,
        password: Password,
        options: SessionOptions,
        call: Call,
    ): OpenAccount {
        server.begin(call, Phase.Connecting, Phase.Stretching, Phase.Proving)
        val name = prepared(account)
        val found = server.account(name)
        if (found == null || !found.opens(bytes(password))) fail(Code.WRONG_NAME_OR_PASSWORD)
        return FakeOpenAccount(server, name, found, options)
    }

    override fun openSession(
        unlock: DeviceUnlock,
        options: SessionOptions,
        call: Call,
    ): OpenAccount {
        server.begin(call, Phase.Connecting, Phase.Proving)
        val (name, generation) = FakeUnlock.read(unlock) ?: fail(Code.DEVICE_UNLOCK_INVALIDATED)
        val found = server.account(name)
        if (found == null || found.generation != generation) fail(Code.DEVICE_UNLOCK_STALE)
        return FakeOpenAccount(server, name, found, options)
    }

    override fun forget(account: String) {
        prepared(account)
    }

    override fun dropConnections() = Unit

    private fun prepared(account: String): String = account.lowercase().ifEmpty { fail(Code.ACCOUNT_NAME_INVALID) }
}

/** What a fake session gives out as a device unlock. */
internal object FakeUnlock {
    private const val FORM = "fake device unlock"

    fun write(
        name: String,
        generation: Int,
    ): DeviceUnlock = DeviceUnlock.moved("$FORM\n$generation\n$name".toByteArray())

    /** Name and generation; null where it is anything else. */
    fun read(unlock: DeviceUnlock): Pair<String, Int>? {
        val lines = unlock.lend(::copy).decodeToString().split('\n', limit = 3)
        if (lines.first() != FORM) return null
        return lines[2] to lines[1].toInt()
    }
}

/** What was typed; a fake password that is empty is none. */
internal fun bytes(password: Password): ByteArray = password.lend(::copy).also { if (it.isEmpty()) fail(Code.PASSWORD_INVALID) }

internal fun copy(lent: ByteBuffer): ByteArray = ByteArray(lent.remaining()).also { lent.get(it) }

/** Takes as long as a call takes, unless that is cancelled or out of time; then fails as it is told to. */
internal fun FakeKeyServer.begin(
    call: Call,
    vararg phases: Phase,
) {
    // A listener that throws disturbs nobody.
    for (phase in phases) runCatching { call.progress?.onPhase(phase) }
    val cancelled = CountDownLatch(1)
    call.cancellation.onCancel { cancelled.countDown() }
    if (cancelled.await(minOf(delay, call.deadline).inWholeNanoseconds, TimeUnit.NANOSECONDS)) fail(Code.CANCELLED)
    if (delay > call.deadline) throw LockKeeperException(Code.TIMED_OUT)
    nextFailure()?.let { throw it }
}
