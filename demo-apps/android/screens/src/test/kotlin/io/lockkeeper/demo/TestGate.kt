package io.lockkeeper.demo

import io.lockkeeper.Code
import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException
import io.lockkeeper.SecretBytes
import io.lockkeeper.demo.model.GateException
import io.lockkeeper.demo.model.GateRefusal
import io.lockkeeper.demo.model.UnlockGate

/** A gate in memory, and a person who shows a finger, or thinks better of it. */
internal class TestGate : UnlockGate {
    private val kept = mutableMapOf<String, SecretBytes>()

    /** Whether the person shows a finger. */
    var isWilling = true

    /** Another finger was added to those that the device knows. */
    var isInvalidated = false

    /** Why nobody is let through; null where somebody is. */
    var refusal: GateRefusal? = null

    override suspend fun holds(account: String) = account in kept

    override suspend fun keep(
        account: String,
        unlock: DeviceUnlock,
    ): Boolean {
        refusal?.let { throw GateException(it) }
        if (isWilling) kept[account] = unlock.toBytes()
        return isWilling
    }

    override suspend fun open(account: String): DeviceUnlock? {
        refusal?.let { throw GateException(it) }
        if (isInvalidated) throw LockKeeperException(Code.DEVICE_UNLOCK_INVALIDATED)
        return kept.getValue(account).takeIf { isWilling }?.let(DeviceUnlock::fromBytes)
    }

    override suspend fun forget(account: String) {
        kept.remove(account)?.wipe()
    }
}
