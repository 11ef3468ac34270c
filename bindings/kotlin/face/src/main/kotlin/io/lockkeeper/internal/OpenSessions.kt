package io.lockkeeper.internal

import io.lockkeeper.Session
import java.util.Collections
import java.util.WeakHashMap

/** The sessions that somebody holds: those that are told when the app comes and goes. */
internal class OpenSessions {
    private val sessions: MutableSet<Session> = Collections.newSetFromMap(WeakHashMap())

    @Synchronized
    fun add(session: Session) {
        sessions += session
    }

    /** Holds them all for as long as the list is held. */
    @Synchronized
    fun all(): List<Session> = sessions.toList()
}
