/// The account's own log, newest entry first: every attempt to log in and every operation, each verified before it is handed out.
///
/// ```swift
/// for try await entry in session.audit() {
///     print(entry.at, entry.action, entry.outcome)
/// }
/// ```
///
/// The log is fetched in pages while it is read, and each iterator begins at the newest entry. Reading throws ``LockKeeperError`` with
/// ``LockKeeperError/Code/auditTampered`` where the log was changed, and does not go on after that. To read it is an operation too, and
/// stands in the log from then on.
public struct AuditLog: AsyncSequence, Sendable {
    /// What it is made of.
    public typealias Element = AuditEntry

    let page: @Sendable ((any AuditCursor)?) async throws -> AuditPage

    /// Begins at the newest entry.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(page: page)
    }

    /// Reads the log from one entry to the next older one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private enum Place {
            case newest
            case behind(any AuditCursor)
            case end
        }

        private let page: @Sendable ((any AuditCursor)?) async throws -> AuditPage
        private var place = Place.newest
        private var entries: ArraySlice<AuditEntry> = []

        fileprivate init(page: @escaping @Sendable ((any AuditCursor)?) async throws -> AuditPage) {
            self.page = page
        }

        /// The next older entry; nil where the log begins.
        public mutating func next() async throws -> AuditEntry? {
            while entries.isEmpty {
                let cursor: (any AuditCursor)?
                switch place {
                case .newest: cursor = nil
                case .behind(let older): cursor = older
                case .end: return nil
                }
                // A page that failed cannot be read again from its cursor.
                place = .end
                let read = try await page(cursor)
                entries = read.entries[...]
                if let next = read.next { place = .behind(next) }
            }
            return entries.popFirst()
        }
    }
}
