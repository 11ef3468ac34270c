package io.lockkeeper.demo.model

import io.lockkeeper.SecretBytes

/** What the screens need of the system that they run on. */
interface Platform {
    /** Lets the person choose a file; null where the person thinks better of it, or it cannot be read. */
    suspend fun chooseFile(): ChosenFile?

    /** Hands an export to wherever the person wants it. The bytes are wiped when this has ended. */
    suspend fun share(
        export: SecretBytes,
        name: String,
    )

    /** From now on the screen may be captured, or may not. */
    fun allowCapture(allowed: Boolean)
}
