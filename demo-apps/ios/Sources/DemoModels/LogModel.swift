import LockKeeper
import Observation

/// The screen of the account's log.
@MainActor @Observable public final class LogModel {
    /// The log, newest first, verified to its beginning; nil until that is so.
    public private(set) var entries: [AuditEntry]?
    /// What is under way with the log, and what went wrong.
    public let work = Work()

    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Reads the log. It is shown once its beginning was reached.
    public func read() async {
        await work.run { _ in
            self.entries = nil
            var entries: [AuditEntry] = []
            for try await entry in self.session.audit() { entries.append(entry) }
            self.entries = entries
        }
    }
}
