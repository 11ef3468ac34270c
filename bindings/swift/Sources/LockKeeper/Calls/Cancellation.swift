import Foundation

/// Whether one call was cancelled, and what is to happen at that moment.
package final class Cancellation: @unchecked Sendable {
    private let lock = NSLock()
    private var cancelled = false
    private var handler: (@Sendable () -> Void)?

    package init() {}

    /// Whether somebody has cancelled the call.
    package var isCancelled: Bool { lock.withLock { cancelled } }

    /// Runs `handler` when the call is cancelled: at once where it is already. It replaces an earlier one.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) {
        let late = lock.withLock {
            self.handler = handler
            return cancelled
        }
        if late { handler() }
    }

    /// Cancels the call.
    package func cancel() {
        let handler = lock.withLock {
            cancelled = true
            return self.handler
        }
        handler?()
    }
}
