package io.lockkeeper.demo.desktop

import io.lockkeeper.SecretBytes
import io.lockkeeper.demo.model.ChosenFile
import io.lockkeeper.demo.model.Picture
import io.lockkeeper.demo.model.Platform
import io.lockkeeper.demo.model.UnlockGate
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.awt.FileDialog
import java.awt.Frame
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.StandardOpenOption.WRITE
import java.nio.file.attribute.PosixFilePermissions
import javax.imageio.ImageIO
import javax.swing.JOptionPane
import kotlin.io.path.inputStream
import kotlin.io.path.name

/** The dialogs of a desktop. There the screen can always be captured: the window has no say in it. */
internal class DesktopPlatform(
    private val window: Frame,
) : Platform {
    override suspend fun chooseFile(): ChosenFile? {
        val path = ask(FileDialog.LOAD, "Import a file") ?: return null
        return try {
            withContext(Dispatchers.IO) { path.inputStream().use { ChosenFile.read(path.name, it) } }
        } catch (_: IOException) {
            tell("That file cannot be read.")
            null
        }
    }

    override suspend fun share(
        export: SecretBytes,
        name: String,
    ) {
        val path = ask(FileDialog.SAVE, "Save the export", "$name.lock-keeper") ?: return
        try {
            withContext(Dispatchers.IO) { export.use { write(path, it) } }
        } catch (_: IOException) {
            tell("The export cannot be saved there. Choose a file that does not exist yet.")
        }
    }

    override val hasCamera = false

    override suspend fun takePicture(): Picture? {
        val path = ask(FileDialog.LOAD, "Choose a picture of the code") ?: return null
        val picture = withContext(Dispatchers.IO) { read(path) }
        if (picture == null) tell("That is no picture.")
        return picture
    }

    override val gate: UnlockGate? = null

    override fun allowCapture(allowed: Boolean) = Unit

    private fun read(path: Path): Picture? =
        try {
            ImageIO.read(path.toFile())?.run { Picture(width, height, getRGB(0, 0, width, height, null, 0, width)) }
        } catch (_: IOException) {
            null
        }

    private fun ask(
        mode: Int,
        title: String,
        name: String? = null,
    ): Path? {
        val dialog = FileDialog(window, title, mode).apply { file = name }
        dialog.isVisible = true
        return dialog.files.firstOrNull()?.toPath()
    }

    private fun tell(text: String) = JOptionPane.showMessageDialog(window, text)

    /** For the owner's eyes alone from its first byte on. */
    private fun write(
        path: Path,
        bytes: ByteArray,
    ) {
        val owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        Files.newByteChannel(path, setOf(WRITE, CREATE_NEW), owner).use { it.write(ByteBuffer.wrap(bytes)) }
    }
}
