package io.lockkeeper.demo

import io.lockkeeper.LocalStore
import io.lockkeeper.MemoryStore
import io.lockkeeper.StoreException
import io.lockkeeper.StoreFailure
import java.util.concurrent.ConcurrentHashMap

/** A store in memory that can be damaged, and that can refuse to be written. */
internal class FragileStore : LocalStore {
    private val kept = MemoryStore()
    private val slots = ConcurrentHashMap.newKeySet<String>()

    /** Whether nothing can be written now, as on a device that is locked. */
    @Volatile
    var isLocked = false

    /** Damages all that is kept. */
    fun damage() {
        for (slot in slots) kept.get(slot)?.let { value -> kept.put(slot, value.copyOf(value.size - 1)) }
    }

    override fun get(slot: String): ByteArray? = kept.get(slot)

    override fun put(
        slot: String,
        value: ByteArray,
    ) {
        if (isLocked) throw StoreException(StoreFailure.UNAVAILABLE)
        slots += slot
        kept.put(slot, value)
    }

    override fun remove(slot: String) = kept.remove(slot)
}
