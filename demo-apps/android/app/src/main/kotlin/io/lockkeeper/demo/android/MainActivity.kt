package io.lockkeeper.demo.android

import android.content.res.Configuration
import android.os.Bundle
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.fragment.app.FragmentActivity
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import io.lockkeeper.demo.model.AppModel
import io.lockkeeper.demo.screens.DemoApp

/** The only activity: the screens, on a phone. The biometric prompt asks for one that can show fragments. */
class MainActivity : FragmentActivity() {
    /** It outlives a phone that is turned. */
    private val app: AppModel by viewModels {
        val application = application as LockKeeperApplication
        viewModelFactory { initializer { AppModel(application.memory, application::client) } }
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        val platform = AndroidPlatform(this)
        // Until the screens say otherwise: a phone that was turned shows a secret at once.
        platform.allowCapture(false)
        setContent { DemoApp(app, platform) }
    }

    /** The activity lives through a change of the theme, and the bars of the system get icons that can be seen on it. */
    override fun onConfigurationChanged(newConfig: Configuration) {
        super.onConfigurationChanged(newConfig)
        enableEdgeToEdge()
    }
}
