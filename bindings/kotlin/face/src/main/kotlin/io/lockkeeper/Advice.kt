package io.lockkeeper

/**
 * What to do about a failure. The set is closed: a `when` over it needs no `else`, and no release adds to it.
 */
public enum class Advice {
    /** Ask for, or send, something else: the same call fails the same way again. */
    FIX_INPUT,

    /** Ask the person for the password. */
    ASK_PASSWORD,

    /** Call again after [LockKeeperException.retryAfter]. */
    WAIT,

    /** Call again. */
    RETRY,

    /** Ask the person to look at the network connection. */
    CHECK_NETWORK,

    /** Ask the person to look at the device's date and time. */
    CHECK_CLOCK,

    /** Call again once the person has unlocked the device. */
    UNLOCK_DEVICE,

    /** Ask the person to update the app. */
    UPDATE_APP,

    /** Stop, and send the person to the service provider. */
    CONTACT_SUPPORT,

    /** Report it: something has a defect. */
    BUG,
}
