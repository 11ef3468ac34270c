import Foundation

/// Asks a session whether its time is up, at the moments at which that can be so. The core has no timer: it locks when it is asked.
final class LockWatch: @unchecked Sendable {
    private let options: SessionOptions
    private let timer: any DispatchSourceTimer
    private let lock = NSLock()
    private var usedAt = ContinuousClock.now
    private var backgroundSince: ContinuousClock.Instant?

    init(_ session: any SessionEngine, options: SessionOptions) {
        self.options = options
        timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        timer.setEventHandler { [weak self, weak session] in
            // Whoever asks makes it lock. A call that is under way puts the next question off to its end.
            if let session, session.lockReason == nil { self?.schedule(notBefore: .seconds(1)) }
        }
        schedule()
        timer.activate()
    }

    deinit {
        timer.cancel()
    }

    /// A call of the session has ended.
    func used() {
        lock.withLock { usedAt = .now }
        schedule()
    }

    /// The app went to the background, or came back.
    func isInBackground(_ background: Bool) {
        lock.withLock { backgroundSince = background ? backgroundSince ?? .now : nil }
        schedule()
    }

    /// By the wall clock, which goes on while the device sleeps; a moment later than the core's own limit.
    private func schedule(notBefore pause: Duration = .zero) {
        // The timer is set under the lock too: else a moment that was worked out earlier could take the place of a nearer one.
        lock.withLock {
            let left = [
                options.lockAfterIdle.map { $0 - usedAt.duration(to: .now) },
                options.lockInBackgroundAfter.flatMap { limit in
                    backgroundSince.map { limit - $0.duration(to: .now) }
                },
            ]
            guard let next = left.compactMap({ $0 }).min() else { return }
            let moment = max(next, pause) + .milliseconds(20)
            timer.schedule(wallDeadline: .now() + .milliseconds(Int(clamping: moment.wholeMilliseconds)))
        }
    }
}
