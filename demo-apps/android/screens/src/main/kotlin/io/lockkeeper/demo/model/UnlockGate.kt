package io.lockkeeper.demo.model

import io.lockkeeper.DeviceUnlock
import io.lockkeeper.LockKeeperException

/** Keeps what opens an account without its password, behind a fingerprint or a face that this device knows. */
interface UnlockGate {
    /** Whether it keeps something for this account. Asks nobody. */
    suspend fun holds(account: String): Boolean

    /**
     * Keeps it, once the person has shown a finger or the face.
     *
     * @return false where the person thinks better of it
     * @throws GateException where nobody can be let through
     */
    suspend fun keep(
        account: String,
        unlock: DeviceUnlock,
    ): Boolean

    /**
     * Gives it out, once the person has shown a finger or the face.
     *
     * @return null where the person thinks better of it
     * @throws GateException where nobody can be let through
     * @throws LockKeeperException with [io.lockkeeper.Code.DEVICE_UNLOCK_INVALIDATED] where the fingers or faces that the device knows
     *   have changed
     */
    suspend fun open(account: String): DeviceUnlock?

    /** Keeps nothing for this account any more. */
    suspend fun forget(account: String)
}

/**
 * A gate let nobody through. The password still opens the account.
 *
 * @property refusal why
 */
class GateException(
    val refusal: GateRefusal,
) : Exception(refusal.name)

/** Why a gate let nobody through. */
enum class GateRefusal {
    /** Too many fingers or faces were not known. In half a minute it can be tried again. */
    LOCKED_OUT,

    /** The same, until the device was unlocked by its PIN or password. */
    LOCKED_OUT_UNTIL_UNLOCKED,

    /** The device knows no finger or face. */
    NOT_ENROLLED,

    /** The device sees neither, or not now. */
    UNAVAILABLE,
}
