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

    /** Whether [takePicture] opens a camera. Else it lets the person choose a picture. */
    val hasCamera: Boolean

    /** What the person takes a picture of; null where the person thinks better of it, or there is no picture. */
    suspend fun takePicture(): Picture?

    /** Where this device can keep what opens an account, behind finger or face; null where it knows none. */
    val gate: UnlockGate?

    /** From now on the screen may be captured, or may not. */
    fun allowCapture(allowed: Boolean)
}
