package io.lockkeeper.android.biometric

/**
 * The person was not let through. Nothing is wrong with the account: the password opens it.
 *
 * @property refusal why
 */
public class BiometricException(
    public val refusal: BiometricRefusal,
) : Exception(refusal.name)

/** Why a person was not let through by finger or face. The set is closed: a `when` over it needs no `else`. */
public enum class BiometricRefusal {
    /** The person thought better of it, did nothing for a while, or went to another app. */
    CANCELLED,

    /** Too many fingers or faces were not known. Half a minute later it can be tried again. */
    LOCKED_OUT,

    /** That has happened too often: until the person has unlocked the phone by its PIN, pattern or password. */
    LOCKED_OUT_UNTIL_UNLOCKED,

    /** The phone knows no finger or face of Class 3. The person can add one in the phone's settings. */
    NOT_ENROLLED,

    /** The phone has nothing that sees a finger or a face of Class 3, or that does not work now. */
    UNAVAILABLE,
}
