import Foundation

/// Runs calls that block, away from the threads that Swift's tasks share: there are as many of those as processors, and one that
/// waits for a network stands still for the whole app.
final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// A queue whose calls run one after the other, or side by side.
    init(label: String, attributes: DispatchQueue.Attributes = []) {
        queue = DispatchQueue(label: label, qos: .userInitiated, attributes: attributes)
    }

    /// Runs `body` on the queue and waits for it without holding a thread of the caller's.
    ///
    /// Cancelling the task ends the wait at once. A call that still stood in line has not happened; one that runs is told by its
    /// cancellation, and `body` returns at once by its contract.
    func run<T: Sendable>(
        within deadline: Duration, progress: ProgressHandler? = nil,
        _ body: @escaping @Sendable (EngineCall) throws -> T
    ) async throws -> T {
        let waiter = Waiter<T>()
        let called = ContinuousClock.now
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard waiter.wait(with: continuation) else { return }
                queue.async {
                    guard waiter.begin() else { return }
                    let timeLeft = deadline - called.duration(to: .now)
                    let call = EngineCall(timeLeft: timeLeft, cancellation: waiter.cancellation, progress: progress)
                    waiter.end(with: Result { try body(call) })
                }
            }
        } onCancel: {
            waiter.cancel()
        }
    }
}

/// Whoever waits for a call. Its continuation is resumed once, by the call's end or by a cancel, whichever comes first.
private final class Waiter<T: Sendable>: @unchecked Sendable {
    private enum State {
        case new
        case inLine(CheckedContinuation<T, any Error>)
        case running(CheckedContinuation<T, any Error>)
        case over
    }

    let cancellation = Cancellation()
    private let lock = NSLock()
    private var state = State.new

    /// The caller waits now. False where it was cancelled before.
    func wait(with continuation: CheckedContinuation<T, any Error>) -> Bool {
        let waits = lock.withLock {
            guard case .new = state else { return false }
            state = .inLine(continuation)
            return true
        }
        if !waits { continuation.resume(throwing: CancellationError()) }
        return waits
    }

    /// The call's turn has come. False where nobody waits for it any more.
    func begin() -> Bool {
        lock.withLock {
            guard case .inLine(let continuation) = state else { return false }
            state = .running(continuation)
            return true
        }
    }

    func end(with result: Result<T, any Error>) {
        let waiting: CheckedContinuation<T, any Error>? = lock.withLock {
            guard case .running(let continuation) = state else { return nil }
            state = .over
            return continuation
        }
        waiting?.resume(with: result.mapError { told($0) })
    }

    func cancel() {
        let inLine: CheckedContinuation<T, any Error>? = lock.withLock {
            switch state {
            case .inLine(let continuation):
                state = .over
                return continuation
            case .new:
                state = .over
                return nil
            case .running, .over:
                return nil
            }
        }
        inLine?.resume(throwing: CancellationError())
        cancellation.cancel()
    }

    /// A cancelled call that has certainly not happened ends as Swift's own cancelled calls do. Where it may have happened, the
    /// caller has to learn that.
    private func told(_ error: any Error) -> any Error {
        guard cancellation.isCancelled, let error = error as? LockKeeperError else { return error }
        return error.code == .cancelled && !error.mayHaveHappened ? CancellationError() : error
    }
}
