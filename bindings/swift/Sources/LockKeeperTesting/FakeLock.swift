import Foundation
import LockKeeper

/// Whether a session with the fake server is locked. As the core, it has no timer: whoever asks finds out.
final class FakeLock: @unchecked Sendable {
    private let options: SessionOptions
    private let mutex = NSLock()
    private var locked: LockReason?
    private var current: Int
    private var usedAt = ContinuousClock.now
    private var backgroundSince: ContinuousClock.Instant?
    private var listener: (@Sendable (LockReason) -> Void)?

    init(generation: Int, options: SessionOptions) {
        current = generation
        self.options = options
    }

    /// Why it is locked.
    var reason: LockReason? {
        if let due = mutex.withLock({ due }) { lock(due) }
        return mutex.withLock { locked }
    }

    /// The generation of the password that opened it; fails where it is locked.
    func generation() throws -> Int {
        guard reason == nil else { throw LockKeeperError(.sessionLocked) }
        return mutex.withLock { current }
    }

    func changed(to generation: Int) {
        mutex.withLock { current = generation }
    }

    func used() {
        mutex.withLock { usedAt = .now }
    }

    func isInBackground(_ background: Bool) {
        _ = reason
        mutex.withLock { backgroundSince = background ? backgroundSince ?? .now : nil }
    }

    func lock(_ reason: LockReason) {
        let told: (@Sendable (LockReason) -> Void)? = mutex.withLock {
            guard locked == nil else { return nil }
            locked = reason
            return listener
        }
        told?(reason)
    }

    func onLock(_ listener: @escaping @Sendable (LockReason) -> Void) {
        mutex.withLock { self.listener = listener }
        if let reason { listener(reason) }
    }

    private var due: LockReason? {
        let over = { (since: ContinuousClock.Instant?, limit: Duration?) in
            guard let since, let limit else { return false }
            return since.duration(to: .now) >= limit
        }
        if over(usedAt, options.lockAfterIdle) { return .idle }
        return over(backgroundSince, options.lockInBackgroundAfter) ? .background : nil
    }
}
