package io.lockkeeper.demo.android

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import io.lockkeeper.SecretBytes
import java.io.FileNotFoundException
import java.io.IOException
import java.util.UUID
import kotlin.concurrent.thread

/**
 * Lends the export that was shared last to the app that the person chose, through a pipe: it never lies in a file. Nobody says when the
 * other app has read it, so an export is kept in memory for [LENT_FOR_MILLIS], or until the next one is shared.
 */
class ExportProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(
        uri: Uri,
        mode: String,
    ): ParcelFileDescriptor {
        val export = lent?.takeIf { it.uri == uri && mode == "r" } ?: throw FileNotFoundException()
        val (reading, writing) = ParcelFileDescriptor.createPipe()
        thread { write(export, writing) }
        return reading
    }

    override fun query(
        uri: Uri,
        projection: Array<out String>?,
        selection: String?,
        selectionArgs: Array<out String>?,
        sortOrder: String?,
    ): Cursor? {
        val export = lent?.takeIf { it.uri == uri } ?: return null
        return MatrixCursor(arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)).apply {
            newRow().add(export.name).add(export.bytes.size)
        }
    }

    override fun getType(uri: Uri): String = "application/octet-stream"

    override fun insert(
        uri: Uri,
        values: ContentValues?,
    ): Uri? = null

    override fun delete(
        uri: Uri,
        selection: String?,
        selectionArgs: Array<out String>?,
    ): Int = 0

    override fun update(
        uri: Uri,
        values: ContentValues?,
        selection: String?,
        selectionArgs: Array<out String>?,
    ): Int = 0

    private fun write(
        export: Export,
        to: ParcelFileDescriptor,
    ) {
        try {
            ParcelFileDescriptor.AutoCloseOutputStream(to).use { out -> export.bytes.use(out::write) }
        } catch (_: IOException) {
            // The other app has stopped reading.
        } catch (_: IllegalStateException) {
            // It was taken back meanwhile.
        }
    }

    private class Export(
        val uri: Uri,
        val name: String,
        val bytes: SecretBytes,
    )

    internal companion object {
        /** How long the other app has to read it, and the person to choose that app. */
        const val LENT_FOR_MILLIS = 10 * 60 * 1000L

        @Volatile
        private var lent: Export? = null

        /** Lends a copy of `bytes` under an address that nobody can guess. */
        @Synchronized
        fun lend(
            context: Context,
            bytes: ByteArray,
            name: String,
        ): Uri {
            lent?.let(::take)
            val uri = Uri.parse("content://${context.packageName}.export/${UUID.randomUUID()}")
            val export = Export(uri, "$name.lock-keeper", SecretBytes(bytes))
            lent = export
            Handler(Looper.getMainLooper()).postDelayed({ take(export) }, LENT_FOR_MILLIS)
            return uri
        }

        /** Takes an export back: nobody can read it any more. */
        @Synchronized
        private fun take(export: Export) {
            export.bytes.wipe()
            if (lent === export) lent = null
        }
    }
}
