package org.example.keepsasecret

import android.app.Activity
import android.os.Bundle
import android.widget.TextView
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

/** Shows what [keepASecret] says. */
class MainActivity : Activity() {
    private val scope = CoroutineScope(Dispatchers.Default)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val text = TextView(this).also(::setContentView)
        scope.launch {
            val said = keepASecret(application)
            runOnUiThread { text.text = said }
        }
    }
}
