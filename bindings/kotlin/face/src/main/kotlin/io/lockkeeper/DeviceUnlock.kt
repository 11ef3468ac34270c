package io.lockkeeper

import java.nio.ByteBuffer

/**
 * What opens a session without the password, and without Argon2id. It is worth the password of its account: keep it behind a
 * biometric gate of the platform, on this device alone. After a change of the password it is stale.
 */
public class DeviceUnlock private constructor(
    private val held: SecretBytes,
) : AutoCloseable {
    /** The bytes to keep behind the gate, some 250 and at most 750. The caller wipes them. */
    public fun toBytes(): SecretBytes = held.use(::SecretBytes)

    /** Overwrites it. */
    public fun wipe() {
        held.wipe()
    }

    /** The same as [wipe]. */
    override fun close() {
        wipe()
    }

    override fun toString(): String = "DeviceUnlock"

    /** Lends a copy in a direct buffer, which is overwritten when `block` has ended. */
    internal fun <R> lend(block: (ByteBuffer) -> R): R = held.lend(Code.DEVICE_UNLOCK_INVALIDATED, block)

    /** Reads device unlocks. */
    public companion object {
        /**
         * Takes a copy of what [DeviceUnlock.toBytes] gave. It is not looked at before it is used: then [Code.DEVICE_UNLOCK_INVALIDATED]
         * says that it is anything else.
         */
        @JvmStatic
        public fun fromBytes(bytes: SecretBytes): DeviceUnlock = DeviceUnlock(bytes.use(::SecretBytes))

        internal fun moved(bytes: ByteArray): DeviceUnlock = DeviceUnlock(SecretBytes.moved(bytes))
    }
}
