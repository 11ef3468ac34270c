package io.lockkeeper.demo.model

/**
 * How good a password looks. Whoever has the server's database and keys can try passwords, so it should be a long one.
 *
 * @property words the hint in words
 */
enum class PasswordHint(
    val words: String,
) {
    /** Nothing was typed. */
    EMPTY("Four or five unrelated words make a good password."),

    /** It can be guessed. */
    WEAK("Too easy to guess. Use more words."),

    /** Better than most. */
    FAIR("Fair. One more word makes it good."),

    /** Long enough, and not one character again and again. */
    GOOD("Good. Write it down where only you look: nobody can reset it."),
    ;

    /** Makes hints. */
    companion object {
        private const val FAIR_LENGTH = 12
        private const val FAIR_DIFFERENT = 6
        private const val GOOD_LENGTH = 16
        private const val GOOD_DIFFERENT = 8

        /** A hint by length and by how many different characters there are. It knows no words: a hint, and no more. */
        fun of(password: CharSequence): PasswordHint {
            val different = password.toSet().size
            return when {
                password.isEmpty() -> EMPTY
                password.length >= GOOD_LENGTH && different >= GOOD_DIFFERENT -> GOOD
                password.length >= FAIR_LENGTH && different >= FAIR_DIFFERENT -> FAIR
                else -> WEAK
            }
        }
    }
}
