package io.lockkeeper.demo.android

import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.provider.OpenableColumns
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.Toast
import androidx.activity.result.contract.ActivityResultContracts
import androidx.fragment.app.FragmentActivity
import io.lockkeeper.SecretBytes
import io.lockkeeper.demo.model.ChosenFile
import io.lockkeeper.demo.model.Picture
import io.lockkeeper.demo.model.Platform
import io.lockkeeper.demo.model.UnlockGate
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.IOException

/** The file picker, the camera, the share sheet and the biometric prompt of a phone. Made before its activity is started. */
internal class AndroidPlatform(
    private val activity: FragmentActivity,
) : Platform {
    private var choice: CompletableDeferred<Uri?>? = null
    private val picker =
        activity.registerForActivityResult(ActivityResultContracts.OpenDocument()) { uri ->
            choice?.complete(uri)
            choice = null
        }

    private val camera = Camera(activity)

    override val hasCamera = true

    override suspend fun takePicture(): Picture? = camera.takePicture()

    override val gate: UnlockGate? = BiometricGate.over(activity)

    override suspend fun chooseFile(): ChosenFile? {
        val chosen = CompletableDeferred<Uri?>().also { choice = it }
        try {
            picker.launch(arrayOf("*/*"))
        } catch (_: ActivityNotFoundException) {
            tell("This phone has no app that shows files.")
            return null
        }
        val uri = chosen.await() ?: return null
        val file = withContext(Dispatchers.IO) { read(uri) }
        if (file == null) tell("That file cannot be read.")
        return file
    }

    override suspend fun share(
        export: SecretBytes,
        name: String,
    ) {
        val uri = export.use { ExportProvider.lend(activity, it, name) }
        val send =
            Intent(Intent.ACTION_SEND)
                .setType("application/octet-stream")
                .putExtra(Intent.EXTRA_STREAM, uri)
                .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        activity.startActivity(Intent.createChooser(send, name))
    }

    /** Without leave there is no picture of the window: in the app switcher, in a screenshot, or on another screen. */
    override fun allowCapture(allowed: Boolean) {
        if (allowed) activity.window.clearFlags(FLAG_SECURE) else activity.window.addFlags(FLAG_SECURE)
    }

    private fun tell(text: String) = Toast.makeText(activity, text, Toast.LENGTH_LONG).show()

    /** Another app's provider answers, and what that throws is thrown here. */
    @Suppress("TooGenericExceptionCaught")
    private fun read(uri: Uri): ChosenFile? =
        try {
            activity.contentResolver.openInputStream(uri)?.use { ChosenFile.read(nameOf(uri), it) }
        } catch (_: IOException) {
            null
        } catch (_: RuntimeException) {
            null
        }

    private fun nameOf(uri: Uri): String =
        activity.contentResolver.query(uri, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null).use { row ->
            row?.takeIf { it.moveToFirst() }?.getString(0) ?: "A file"
        }
}
