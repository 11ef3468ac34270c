package io.lockkeeper

import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.thread
import kotlin.concurrent.withLock

/**
 * Stands between an app and its server, passes everything on, and keeps answers back while it is told to. As a proxy it is asked for the
 * way first (HTTP CONNECT).
 */
internal class Relay(
    private val port: Int,
    private val isProxy: Boolean = false,
) : AutoCloseable {
    private val socket = ServerSocket(0, 0, InetAddress.getLoopbackAddress())
    private val taken = AtomicInteger()

    /** Where it listens. */
    val address: InetSocketAddress = InetSocketAddress(socket.inetAddress, socket.localPort)

    /** How many connections it has taken. */
    val calls: Int get() = taken.get()
    private val open = ConcurrentHashMap.newKeySet<Socket>()
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var holding = false

    @Volatile
    private var ended: () -> Boolean = { false }

    init {
        thread(isDaemon = true) { runCatching { while (true) pass(socket.accept()) } }
    }

    /** The same server by way of here. */
    fun config(server: KeyServerUnderTest): ServerConfig = server.configAt(socket.localPort)

    /** Keeps answers back from now on. */
    fun hold() = lock.withLock { holding = true }

    /** Passes on what was kept back. */
    fun release() =
        lock.withLock {
            holding = false
            changed.signalAll()
        }

    /** Closes for good before the first answer that comes when `condition` holds: that answer is lost. */
    fun closeWhen(condition: () -> Boolean) {
        ended = condition
    }

    /** Cuts every connection, with what was kept back on it. */
    fun cut() {
        open.forEach { it.close() }
        open.clear()
    }

    private fun pass(client: Socket) {
        taken.incrementAndGet()
        if (isProxy) {
            // A byte at a time: what comes after the head is for the server.
            val head = StringBuilder()
            while (!head.endsWith("\r\n\r\n")) head.append(client.getInputStream().read().toChar())
            check(head.startsWith("CONNECT ")) { "$head" }
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".toByteArray())
        }
        val server =
            try {
                Socket(InetAddress.getLoopbackAddress(), port)
            } catch (_: java.io.IOException) {
                return client.close()
            }
        open += listOf(client, server)
        thread(isDaemon = true) { copy(client.getInputStream(), server.getOutputStream(), held = false) }
        thread(isDaemon = true) {
            copy(server.getInputStream(), client.getOutputStream(), held = true)
            client.close()
        }
    }

    private fun copy(
        from: InputStream,
        to: OutputStream,
        held: Boolean,
    ) {
        val buffer = ByteArray(BUFFER)
        runCatching {
            while (true) {
                val count = from.read(buffer)
                if (count < 0) break
                if (held) lock.withLock { while (holding) changed.await() }
                if (held && ended()) return@runCatching close()
                to.write(buffer, 0, count)
            }
        }
    }

    override fun close() {
        socket.close()
        release()
        cut()
    }

    private companion object {
        const val BUFFER = 65_536
    }
}
