package io.lockkeeper

import java.util.concurrent.ConcurrentHashMap

/** A store that can be looked at, and that fails with what a test puts into [failing]. */
internal class WatchedStore : LocalStore {
    val slots = ConcurrentHashMap<String, ByteArray>()

    @Volatile
    var failing: Exception? = null

    override fun get(slot: String): ByteArray? = working { slots[slot] }

    override fun put(
        slot: String,
        value: ByteArray,
    ) = working { slots[slot] = value }

    override fun remove(slot: String) {
        working { slots.remove(slot) }
    }

    private fun <T> working(block: () -> T): T {
        failing?.let { throw it }
        return block()
    }
}
