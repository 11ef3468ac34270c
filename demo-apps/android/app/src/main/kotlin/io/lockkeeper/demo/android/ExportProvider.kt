package io.lockkeeper.demo.android

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import io.lockkeeper.SecretBytes
import java.io.FileNotFoundException
import java.io.IOException
import java.util.UUID
import kotlin.concurrent.thread

/**
 * Lends the export that was shared last to the app that the person chose, through a pipe: it never lies in a file. An export is kept in
 * memory until the next one is shared or the process ends, since nobody says when the other app has read it.
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
            // Another export was shared meanwhile, and this one wiped.
        }
    }

    private class Export(
        val uri: Uri,
        val name: String,
        val bytes: SecretBytes,
    )

    internal companion object {
        @Volatile
        private var lent: Export? = null

        /** Lends a copy of `bytes` under an address that nobody can guess. */
        @Synchronized
        fun lend(
            context: Context,
            bytes: ByteArray,
            name: String,
        ): Uri {
            lent?.bytes?.wipe()
            val uri = Uri.parse("content://${context.packageName}.export/${UUID.randomUUID()}")
            lent = Export(uri, "$name.lock-keeper", SecretBytes(bytes))
            return uri
        }
    }
}
