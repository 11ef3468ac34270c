import Foundation

/// One key server, as an app sees it: it makes accounts and opens sessions.
///
/// Making one does no I/O. An app keeps one for as long as it runs; its functions may be called from anywhere and never hold the
/// caller's thread. Cancelling the task ends the wait at once: `CancellationError` says that nothing has happened, and
/// ``LockKeeperError`` with the code ``LockKeeperError/Code/cancelled`` that the request had been sent and may have taken effect.
public final class LockKeeperClient: Sendable {
    private let engine: any ClientEngine
    private let calls = BlockingQueue(label: "io.lockkeeper.client", attributes: .concurrent)
    private let lifecycle: AppLifecycle

    /// A client of a key server.
    ///
    /// - Parameters:
    ///   - config: where the server is, and what it must prove.
    ///   - store: keeps what must stay on this device; `KeychainStore` in an app.
    ///   - observer: is told of each operation that ended.
    public convenience init(_ config: ServerConfig, store: any LocalStore, observer: (any Observer)? = nil) {
        self.init(engine: CoreClient(config, store: store, observer: observer))
    }

    package init(engine: any ClientEngine) {
        self.engine = engine
        lifecycle = AppLifecycle { inBackground in if inBackground { engine.dropConnections() } }
    }

    /// Creates the account, or completes one that this password half-made. **Nobody can reset the password.**
    ///
    /// Five exchanges and one Argon2id, which takes 64 MiB of memory and about a second.
    ///
    /// - Parameters:
    ///   - account: the account's name, 1 to 254 bytes of UTF-8 after preparation (RFC 8265, UsernameCaseMapped).
    ///   - password: what the person typed.
    ///   - ticket: reserved: no server takes one today.
    ///   - options: how the session behaves.
    ///   - progress: is told how far the call is.
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/accountNameTaken``, ``LockKeeperError/Code/accountNameInvalid``,
    ///   ``LockKeeperError/Code/passwordInvalid``, ``LockKeeperError/Code/registrationClosed``, and those of every call over the network.
    ///   ``LockKeeperError/Code/rolledBack`` where this device knows an account of that name and the server does not: if the person
    ///   deleted it on another device, ``forget(_:)`` comes first.
    public func register(
        _ account: String, _ password: Password, ticket: Data? = nil, options: SessionOptions = .init(),
        progress: ProgressHandler? = nil
    ) async throws -> Session {
        try await open(options, progress) { [engine] call in
            try engine.register(account, password, ticket: ticket, options: options, call: call)
        }
    }

    /// Unlocks the account by its password: one Argon2id, which takes 64 MiB of memory and about a second, and two exchanges.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/wrongNameOrPassword``, ``LockKeeperError/Code/tooManyAttempts`` with the time to
    ///   wait, ``LockKeeperError/Code/serverIdentityChanged``, ``LockKeeperError/Code/rolledBack``, ``LockKeeperError/Code/dataTampered``,
    ///   ``LockKeeperError/Code/storeCorrupt``, and those of every call over the network.
    public func openSession(
        _ account: String, _ password: Password, options: SessionOptions = .init(), progress: ProgressHandler? = nil
    ) async throws -> Session {
        try await open(options, progress) { [engine] call in
            try engine.openSession(account, password, options: options, call: call)
        }
    }

    /// Unlocks the account without Argon2id, so that an app extension can, which has no 64 MiB to spare.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/deviceUnlockStale`` after a change of the password or for another server; else
    ///   as ``openSession(_:_:options:progress:)``.
    public func openSession(_ unlock: DeviceUnlock, options: SessionOptions = .init()) async throws -> Session {
        try await open(options, nil) { [engine] call in
            try engine.openSession(with: unlock, options: options, call: call)
        }
    }

    /// Removes all that this device knows of an account: cookie, identity, end of its log. The account itself stays.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/accountNameInvalid``, ``LockKeeperError/Code/storeUnavailable``.
    public func forget(_ account: String) async throws {
        try await calls.run(within: .zero) { [engine] _ in try engine.forget(account) }
    }

    private func open(
        _ options: SessionOptions, _ progress: ProgressHandler?,
        _ body: @escaping @Sendable (EngineCall) throws -> any SessionEngine
    ) async throws -> Session {
        let opened = try await calls.run(within: options.deadline, progress: progress, body)
        return Session(opened, options: options, app: lifecycle)
    }
}
