package io.lockkeeper.android.biometric

/**
 * What the prompt says, in the language of the person.
 *
 * @property title what it is for
 * @property cancel the button of whoever thinks better of it
 * @property subtitle more about it, such as the account's name; null for nothing
 */
public class BiometricWords
    @JvmOverloads
    constructor(
        public val title: String,
        public val cancel: String,
        public val subtitle: String? = null,
    )
