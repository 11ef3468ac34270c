package io.lockkeeper.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import io.lockkeeper.LockKeeperClient

/**
 * Tells a client when the app goes to the background and when it comes back: connections are dropped, and sessions lock in time. Call
 * [watch] once for a client, best in `Application.onCreate`; where the client is made later, as soon as it is.
 */
public object LockKeeperLifecycle {
    /** Watches the activities of `application` for `client`. */
    @JvmStatic
    public fun watch(
        application: Application,
        client: LockKeeperClient,
    ) {
        application.registerActivityLifecycleCallbacks(Visible(client::enteredForeground, client::enteredBackground))
    }
}

/** Counts the activities that can be seen: none is the background. Called on the main thread alone. */
internal class Visible(
    private val entered: () -> Unit,
    private val left: () -> Unit,
) : Application.ActivityLifecycleCallbacks {
    private var started = 0

    override fun onActivityStarted(activity: Activity) {
        if (started++ == 0) entered()
    }

    /**
     * An activity that is made again for another configuration, such as a turned phone, has not gone. One that was started before the
     * watch began was not counted: with it the app goes to the background all the same.
     */
    override fun onActivityStopped(activity: Activity) {
        started = maxOf(started - 1, 0)
        if (started == 0 && !activity.isChangingConfigurations) left()
    }

    override fun onActivityCreated(
        activity: Activity,
        state: Bundle?,
    ) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(
        activity: Activity,
        state: Bundle,
    ) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
