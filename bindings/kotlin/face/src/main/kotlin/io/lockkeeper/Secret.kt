package io.lockkeeper

/**
 * A secret.
 *
 * @property info what is known of it without its bytes
 * @property bytes its bytes; wiped by [close]
 */
public class Secret(
    public val info: SecretInfo,
    public val bytes: SecretBytes,
) : AutoCloseable {
    /** Wipes the bytes. */
    override fun close() {
        bytes.wipe()
    }

    override fun toString(): String = "Secret(${info.id})"
}

/**
 * What is known of a secret without its bytes.
 *
 * @property id its id
 * @property label its label, up to 256 bytes of UTF-8; the server cannot read it
 * @property origin where it came from
 * @property createdAtMillis when it was stored, by the server's clock: milliseconds since the Unix epoch
 * @property length how many bytes it has
 */
public class SecretInfo(
    public val id: SecretId,
    public val label: String?,
    public val origin: Origin,
    public val createdAtMillis: Long,
    public val length: Int,
) {
    private val parts get() = listOf(id, label, origin, createdAtMillis, length)

    override fun equals(other: Any?): Boolean = other is SecretInfo && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    /** Without the label, which may be private. */
    override fun toString(): String = "SecretInfo($id)"
}

/** Where a secret came from. */
public enum class Origin {
    /** Made by this library. */
    GENERATED,

    /** Brought by the app. */
    IMPORTED,
}

/** What a secret is retrieved for; it goes into the audit log. */
public enum class Purpose {
    /** Not said. */
    UNSPECIFIED,

    /** For use on the device. */
    LOCAL_ONLY,

    /** To hand it to another system. */
    EXPORT,
}
