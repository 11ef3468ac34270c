package io.lockkeeper

import java.util.concurrent.ConcurrentHashMap

/**
 * Keeps small values on the device, one for each slot: what tells an honest server from one that was set back. No secret is among
 * them. On Android use `KeystoreStore`, on a JVM `FileStore`, in tests [MemoryStore].
 *
 * A slot's name is 1 to 128 lower-case letters, digits, hyphens and dots; a value has up to 64 KiB. The library authenticates what it
 * keeps. Methods are called on worker threads, and not for the same account at once. Throw [StoreException] where the store
 * fails; whatever else is thrown counts as [StoreFailure.OTHER], and what it says is dropped.
 */
public interface LocalStore {
    /**
     * The value of a slot; null where there is none. A store that cannot be read *now* throws [StoreFailure.UNAVAILABLE] and never
     * answers null: a locked phone is not a new phone.
     */
    @Throws(StoreException::class)
    public fun get(slot: String): ByteArray?

    /** Puts a value into a slot, whole or not at all, and lastingly before it returns. */
    @Throws(StoreException::class)
    public fun put(
        slot: String,
        value: ByteArray,
    )

    /** Empties a slot. An empty slot is no failure. */
    @Throws(StoreException::class)
    public fun remove(slot: String)
}

/** Why a [LocalStore] failed. */
public enum class StoreFailure {
    /** It cannot be read or written now: the device is locked. */
    UNAVAILABLE,

    /** What is there is damaged. */
    CORRUPT,

    /** Anything else, such as a full disk. */
    OTHER,
}

/**
 * What a [LocalStore] throws.
 *
 * @property failure why
 */
public class StoreException
    @JvmOverloads
    constructor(
        public val failure: StoreFailure,
        cause: Throwable? = null,
    ) : Exception(failure.name, cause)

/** Keeps slots in memory, for tests and previews. An app that uses it is a new device at each start. */
public class MemoryStore : LocalStore {
    private val slots = ConcurrentHashMap<String, ByteArray>()

    override fun get(slot: String): ByteArray? = slots[slot]?.copyOf()

    override fun put(
        slot: String,
        value: ByteArray,
    ) {
        slots[slot] = value.copyOf()
    }

    override fun remove(slot: String) {
        slots.remove(slot)
    }
}
