package io.lockkeeper

import java.security.SecureRandom

/** The id of a secret: 16 bytes that the client draws, unique in the account, never used again. It is not a secret. */
public class SecretId private constructor(
    private val hex: String,
) : Comparable<SecretId> {
    /** In the order in which [Session.list] answers. */
    override fun compareTo(other: SecretId): Int = hex.compareTo(other.hex)

    override fun equals(other: Any?): Boolean = other is SecretId && other.hex == hex

    override fun hashCode(): Int = hex.hashCode()

    /** 32 lower-case hexadecimal digits; [parse] reads them. */
    override fun toString(): String = hex

    /** Reads ids. */
    public companion object {
        private const val BYTES = 16
        private val FORM = Regex("[0-9a-f]{32}")
        private val random = SecureRandom()

        /**
         * Reads what [SecretId.toString] wrote.
         *
         * @throws IllegalArgumentException where `hex` is anything but 32 lower-case hexadecimal digits
         */
        @JvmStatic
        public fun parse(hex: String): SecretId = requireNotNull(parseOrNull(hex)) { "A secret id has 32 lower-case hexadecimal digits." }

        /** Reads what [SecretId.toString] wrote; null where `hex` is anything else. */
        @JvmStatic
        public fun parseOrNull(hex: String): SecretId? = if (FORM.matches(hex)) SecretId(hex) else null

        internal fun random(): SecretId = SecretId(ByteArray(BYTES).also(random::nextBytes).joinToString("") { "%02x".format(it) })
    }
}
