package io.lockkeeper

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/**
 * How an unlocked [Session] behaves. From Java use [DEFAULT] and [ofMillis]. A time to lock after that is negative is an
 * `IllegalArgumentException`: only null means never.
 *
 * @property lockAfterIdle locks after this long without use, on a clock that counts while the device sleeps; null: never
 * @property lockInBackgroundAfter locks when the app has been in the background for this long; null: never
 * @property deadline how long each call may take, waiting for its turn included; opening the session too
 */
public class SessionOptions(
    @get:JvmSynthetic public val lockAfterIdle: Duration? = 5.minutes,
    @get:JvmSynthetic public val lockInBackgroundAfter: Duration? = 30.seconds,
    @get:JvmSynthetic public val deadline: Duration = 30.seconds,
) {
    init {
        require(lockAfterIdle == null || !lockAfterIdle.isNegative()) { "lockAfterIdle is negative" }
        require(lockInBackgroundAfter == null || !lockInBackgroundAfter.isNegative()) { "lockInBackgroundAfter is negative" }
    }

    /** Makes options from Java. */
    public companion object {
        /** Five minutes without use, thirty seconds in the background, thirty seconds for a call. */
        @JvmField
        public val DEFAULT: SessionOptions = SessionOptions()

        /** Options in milliseconds; null: never. */
        @JvmStatic
        public fun ofMillis(
            lockAfterIdle: Long?,
            lockInBackgroundAfter: Long?,
            deadline: Long,
        ): SessionOptions = SessionOptions(lockAfterIdle?.milliseconds, lockInBackgroundAfter?.milliseconds, deadline.milliseconds)
    }
}
