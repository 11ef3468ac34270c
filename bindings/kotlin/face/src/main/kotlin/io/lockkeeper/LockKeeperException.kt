package io.lockkeeper

import io.lockkeeper.internal.Catalogue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Why a call failed. Suspending calls throw this and `CancellationException`, and nothing else.
 *
 * The [message] is one plain English sentence. Neither it nor anything else in here holds a name, a password, a secret, a key, or
 * text from the server. An unknown account and a wrong password are one code.
 *
 * @property code what went wrong: an open set
 * @property advice what to do now: a closed set
 * @property retryAfterMillis milliseconds until the call can succeed, where that is known
 * @property mayHaveHappened the request may have taken effect on the server, although no answer came
 * @property requestId the request's name in the server's log, where the server gave one; give it to support
 * @property detail which field or limit it is about, where one is; never input, never text from the server
 */
public class LockKeeperException
    @JvmOverloads
    constructor(
        public val code: Code,
        public val advice: Advice = Catalogue.advice(code),
        message: String = Catalogue.sentence(code),
        public val retryAfterMillis: Long? = null,
        public val mayHaveHappened: Boolean = false,
        public val requestId: String? = null,
        public val detail: String? = null,
        cause: Throwable? = null,
    ) : Exception(message, cause) {
        /** How long to wait until the call can succeed, where that is known. */
        public val retryAfter: Duration?
            @JvmSynthetic get() = retryAfterMillis?.milliseconds
    }
