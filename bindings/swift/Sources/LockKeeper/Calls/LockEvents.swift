import Foundation

/// Tells everyone who listens why a session has locked, once.
final class LockEvents: @unchecked Sendable {
    private let lock = NSLock()
    private var reason: LockReason?
    private var listeners: [UUID: AsyncStream<LockReason>.Continuation] = [:]

    /// A stream of the one event, also where it has been already.
    func stream() -> AsyncStream<LockReason> {
        AsyncStream { continuation in
            let id = UUID()
            continuation.onTermination = { [weak self] _ in self?.remove(id) }
            let reason = lock.withLock {
                if self.reason == nil { listeners[id] = continuation }
                return self.reason
            }
            if let reason { Self.tell(continuation, reason) }
        }
    }

    /// The session has locked.
    func tell(_ reason: LockReason) {
        let told = lock.withLock {
            self.reason = reason
            defer { listeners = [:] }
            return Array(listeners.values)
        }
        told.forEach { Self.tell($0, reason) }
    }

    private static func tell(_ continuation: AsyncStream<LockReason>.Continuation, _ reason: LockReason) {
        continuation.yield(reason)
        continuation.finish()
    }

    private func remove(_ id: UUID) {
        _ = lock.withLock { listeners.removeValue(forKey: id) }
    }
}
