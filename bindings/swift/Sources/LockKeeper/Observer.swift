/// Is told of each operation that ended, for an app's own metrics.
public protocol Observer: Sendable {
    /// An operation has ended, well or not. It is called on a thread of this package, must return soon, and must not call back into
    /// the session.
    func ended(_ event: OperationEvent)
}

/// One operation has ended. There are no names, ids or secrets in it, so it may go into any system of metrics.
public struct OperationEvent: Sendable, Hashable {
    /// The operation's stable string in snake_case, such as `open_session`.
    public let operation: String
    /// How long it took, waiting included.
    public let took: Duration
    /// Bytes of HTTP bodies that were sent and received.
    public let bytes: Int
    /// How many exchanges were sent again because of a failure, plus one.
    public let attempts: Int
    /// What it failed with; nil is success.
    public let code: LockKeeperError.Code?
}
