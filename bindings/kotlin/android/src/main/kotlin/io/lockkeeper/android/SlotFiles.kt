package io.lockkeeper.android

import android.content.Context
import android.os.UserManager
import android.util.AtomicFile
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException

/** Files with sealed values, one for each slot, that go into no backup. `directory` is made by the first value. */
internal class SlotFiles(
    directory: () -> File,
) {
    /** Looked for by the first call: asking the system for it touches the disk. */
    private val directory by lazy(directory)

    /** What is in a slot; null where there is nothing. */
    fun read(slot: String): ByteArray? {
        val file = file(slot)
        return try {
            file.readFully()
        } catch (failure: FileNotFoundException) {
            // So is called, too, what is there and cannot be opened, as by a process that has too many files open.
            if (file.baseFile.exists()) throw failure
            null
        }
    }

    /** Puts it into a slot, whole or not at all. */
    fun write(
        slot: String,
        sealed: ByteArray,
    ) {
        directory.mkdirs()
        val file = file(slot)
        val out = file.startWrite()
        try {
            out.write(sealed)
            file.finishWrite(out)
        } catch (failure: IOException) {
            file.failWrite(out)
            throw failure
        }
    }

    /** Empties a slot. */
    fun remove(slot: String) {
        file(slot).delete()
    }

    private fun file(slot: String) = AtomicFile(File(directory, "$slot.slot"))
}

/** Whether the person has unlocked the phone since it was started: before, neither files nor keys can be had. */
internal fun Context.isUserUnlocked(): Boolean = getSystemService(UserManager::class.java)?.isUserUnlocked != false
