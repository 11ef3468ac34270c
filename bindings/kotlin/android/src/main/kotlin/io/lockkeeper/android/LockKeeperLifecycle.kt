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
    /**
     * Watches the activities of `application` for `client`.
     *
     * @return ends the watch when it is closed. Until then the application holds the client: close it where another client takes the
     *   place of this one
     */
    @JvmStatic
    public fun watch(
        application: Application,
        client: LockKeeperClient,
    ): AutoCloseable {
        val visible = Visible(client::enteredForeground, client::enteredBackground)
        application.registerActivityLifecycleCallbacks(visible)
        return AutoCloseable { application.unregisterActivityLifecycleCallbacks(visible) }
    }
}

/** Knows the activities that can be seen: none is the background. Called on the main thread alone. */
internal class Visible(
    private val entered: () -> Unit,
    private val left: () -> Unit,
) : Application.ActivityLifecycleCallbacks {
    private val started = mutableSetOf<Activity>()

    override fun onActivityStarted(activity: Activity) {
        if (started.isEmpty()) entered()
        started += activity
    }

    /**
     * An activity that is made again for another configuration, such as a turned phone, has not gone. One that was started before the
     * watch began is not known: the app goes to the background with it, but not while one that is known can be seen.
     */
    override fun onActivityStopped(activity: Activity) {
        started -= activity
        if (started.isEmpty() && !activity.isChangingConfigurations) left()
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
