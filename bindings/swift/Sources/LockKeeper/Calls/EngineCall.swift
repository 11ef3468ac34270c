import Foundation

/// One call as an engine sees it: how long it may take, what ends it, and who watches.
package struct EngineCall: Sendable {
    /// How much time is left.
    package let timeLeft: Duration
    /// Ends the wait at once.
    package let cancellation: Cancellation
    /// Is told of each phase.
    package let progress: ProgressHandler?
}

extension Duration {
    /// Whole milliseconds: none where the length is negative, and cut off where they do not fit.
    package var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (millis, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : millis.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000_000_000)).partialValue
    }
}
