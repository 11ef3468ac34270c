package io.lockkeeper.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import io.lockkeeper.LockKeeperClient

/**
 * Tells a client when the app goes to the background and when it comes back: connections are dropped, and sessions lock in time. Call
 * [watch] once, in `Application.onCreate`.
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

    /** An activity that is made again for another configuration, such as a turned phone, has not gone. */
    override fun onActivityStopped(activity: Activity) {
        started--
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
