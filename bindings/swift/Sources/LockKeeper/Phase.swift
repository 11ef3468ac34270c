/// How far a call is. Show it, but do not build on the order.
public enum Phase: Sendable, Hashable {
    /// Reaching the key server.
    case connecting
    /// Stretching the password with Argon2id, which takes 64 MiB of memory and about a second.
    case stretching
    /// Proving the password to the key server.
    case proving
    /// Sending the request.
    case sending
    /// Waiting before the request is sent again; it was sent `attempt` times so far.
    case waiting(attempt: Int)
}

/// Is told how far a call is, on a thread of this package and never on the caller's. It must return soon.
public typealias ProgressHandler = @Sendable (Phase) -> Void
