package org.example.keepsasecret

import android.app.Application
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.withContext

/** Keeps nothing, with as much of Kotlin and its coroutines as the other one uses itself. */
internal suspend fun keepASecret(application: Application): String =
    withContext(Dispatchers.IO) { "${application.packageName} keeps ${flowOf<Int>().count()} secrets." }
