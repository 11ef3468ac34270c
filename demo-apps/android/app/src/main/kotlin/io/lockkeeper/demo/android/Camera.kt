package io.lockkeeper.demo.android

import android.content.ActivityNotFoundException
import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.widget.Toast
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.FileProvider
import io.lockkeeper.demo.model.Picture
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.io.File

/** More than this does not make a code easier to read: pixels of the longer side. */
private const val LARGE_ENOUGH = 2000

/**
 * The camera app of the phone, which takes the picture: so this app needs no leave to use the camera. Made before its activity is
 * started.
 */
internal class Camera(
    private val activity: ComponentActivity,
) {
    private var taken: CompletableDeferred<Boolean>? = null
    private val app =
        activity.registerForActivityResult(ActivityResultContracts.TakePicture()) { isTaken ->
            taken?.complete(isTaken)
            taken = null
        }

    /** What the person takes a picture of; null where the person thinks better of it, or there is no camera. */
    suspend fun takePicture(): Picture? {
        val file = withContext(Dispatchers.IO) { folderIn(activity).apply { mkdirs() }.resolve("code.jpg") }
        val lent = withContext(Dispatchers.IO) { FileProvider.getUriForFile(activity, "${activity.packageName}.pictures", file) }
        val isTaken = CompletableDeferred<Boolean>().also { taken = it }
        try {
            app.launch(lent)
        } catch (_: ActivityNotFoundException) {
            Toast.makeText(activity, "This phone has no camera app. Paste the settings.", Toast.LENGTH_LONG).show()
            return null
        }
        return try {
            if (isTaken.await()) withContext(Dispatchers.IO) { read(file) } else null
        } finally {
            withContext(NonCancellable + Dispatchers.IO) { file.delete() }
        }
    }

    private fun read(file: File): Picture? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(file.path, size)
        val options = BitmapFactory.Options().apply { inSampleSize = maxOf(size.outWidth, size.outHeight) / LARGE_ENOUGH }
        return BitmapFactory.decodeFile(file.path, options)?.let(::pictureOf)
    }

    private fun pictureOf(bitmap: Bitmap): Picture {
        val pixels = IntArray(bitmap.width * bitmap.height)
        bitmap.getPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
        return Picture(bitmap.width, bitmap.height, pixels).also { bitmap.recycle() }
    }

    companion object {
        /** The folder that res/xml/pictures.xml lends to the camera app. */
        private fun folderIn(context: Context) = File(context.cacheDir, "pictures")

        /** Deletes a picture that an earlier process has left, since it ended while the camera app was open. Touches the disk. */
        fun cleanUp(context: Context) {
            folderIn(context).deleteRecursively()
        }
    }
}
