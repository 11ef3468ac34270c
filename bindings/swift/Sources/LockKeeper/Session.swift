import Foundation

/// The unlocked account.
///
/// It keeps what the password unlocked in wiped memory until it locks: because ``lock()`` was called, because it was not used or the app
/// was in the background for as long as its ``SessionOptions`` say, because the password was changed elsewhere, or because nobody
/// holds it any more. A locked session stays locked: open a new one.
///
/// Its functions may be called from anywhere, at the same time too; they stand in line and never hold the caller's thread. Cancelling
/// the task ends the wait at once: `CancellationError` says that nothing has happened, and ``LockKeeperError`` with the code
/// ``LockKeeperError/Code/cancelled`` that the request had been sent. It is then finished in the background, and may have taken effect.
///
/// Every function that talks to the server can throw ``LockKeeperError/Code/sessionLocked``, ``LockKeeperError/Code/passwordChanged``,
/// ``LockKeeperError/Code/offline``, ``LockKeeperError/Code/timedOut`` and the other codes of the network and of the server's identity;
/// *Throws* below names what is its own.
public final class Session: Sendable {
    /// The prepared name of the account.
    public let account: String

    private let engine: any SessionEngine
    private let options: SessionOptions
    private let calls = BlockingQueue(label: "io.lockkeeper.session")
    private let events = LockEvents()
    private let watch: LockWatch
    private let lifecycle: AppLifecycle

    init(_ engine: any SessionEngine, options: SessionOptions, app: AppLifecycle) {
        self.engine = engine
        self.options = options
        account = engine.account
        let watch = LockWatch(engine, options: options)
        self.watch = watch
        // The app may have gone to the background while the session was being opened.
        lifecycle = AppLifecycle(after: app) { [weak engine] inBackground in
            if inBackground { engine?.enteredBackground() } else { engine?.enteredForeground() }
            watch.isInBackground(inBackground)
        }
        engine.onLock { [events] in events.tell($0) }
    }

    // MARK: Locking

    /// Whether the session is locked.
    public var isLocked: Bool { lockReason != nil }

    /// Why the session is locked; nil where it is not.
    public var lockReason: LockReason? { engine.lockReason }

    /// The one event of a session's life: why it has locked. The stream ends with it. Each reader has a stream of its own, and one that
    /// comes late is told too.
    public var lockEvents: AsyncStream<LockReason> { events.stream() }

    /// Wipes the keys, without waiting. Calls that were not sent yet throw ``LockKeeperError/Code/sessionLocked``; one that was sent is
    /// finished first.
    public func lock() {
        engine.lock()
    }

    /// What opens this account later without the password, for `BiometricKeychain.save(_:for:)`.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/sessionLocked``; ``LockKeeperError/Code/serverBusy`` while a call of this session is
    ///   under way.
    public func deviceUnlock() throws -> DeviceUnlock {
        try engine.deviceUnlock()
    }

    // MARK: Secrets

    /// A fresh id for a secret. Keep it, then call ``generate(bytes:label:id:)`` or ``importSecret(_:label:id:)`` with it: the same call can
    /// then be made again, even by another process, when its outcome is not known.
    public func newSecretID() -> SecretID {
        engine.newSecretID()
    }

    /// Makes a random secret, seals it on this device, and keeps it on the server.
    ///
    /// - Parameters:
    ///   - bytes: how long it is, 1 to 32,768.
    ///   - label: what it is for, up to 256 bytes of UTF-8. The server cannot read it.
    ///   - id: its id, as ``newSecretID()`` gave it; else one is drawn.
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/secretTooLarge``, ``LockKeeperError/Code/labelTooLong``,
    ///   ``LockKeeperError/Code/secretIDTaken``, ``LockKeeperError/Code/secretDeleted``, ``LockKeeperError/Code/quotaReached``.
    public func generate(bytes: Int = 32, label: String? = nil, id: SecretID? = nil) async throws -> Secret {
        try await run { try $0.generate(bytes: bytes, label: label, id: id, call: $1) }
    }

    /// Seals a secret of the app's on this device, and keeps it on the server.
    ///
    /// - Parameters:
    ///   - bytes: the secret, 1 to 32,768 bytes.
    ///   - label: what it is for, up to 256 bytes of UTF-8. The server cannot read it.
    ///   - id: its id, as ``newSecretID()`` gave it; else one is drawn.
    /// - Throws: ``LockKeeperError`` as ``generate(bytes:label:id:)``.
    public func importSecret(
        _ bytes: SecretBytes, label: String? = nil, id: SecretID? = nil
    ) async throws -> SecretInfo {
        try await run { try $0.importSecret(bytes, label: label, id: id, call: $1) }
    }

    /// Fetches a secret. The purpose goes into the audit log.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/secretNotFound``, ``LockKeeperError/Code/secretDeleted``,
    ///   ``LockKeeperError/Code/dataTampered``.
    public func retrieve(_ id: SecretID, purpose: Purpose = .unspecified) async throws -> Secret {
        try await run { try $0.retrieve(id, purpose: purpose, call: $1) }
    }

    /// Fetches a secret of up to 255 bytes in the exchange format, to hand it to another system: one byte with its length, the secret, one
    /// byte with the length of the associated data, the associated data.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/tooLargeToExport``; else as ``retrieve(_:purpose:)``.
    public func export(_ id: SecretID) async throws -> SecretBytes {
        try await run { try $0.export(id, call: $1) }
    }

    /// Lists secrets in the order of their ids, with their labels. No secret is read for it, and the audit log shows no retrieval.
    ///
    /// - Parameters:
    ///   - after: begins behind this one; give the last one of a page to get the next.
    ///   - limit: how many at most, 1 to 65,535.
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/dataTampered``.
    public func list(after: SecretID? = nil, limit: Int = 100) async throws -> [SecretInfo] {
        try await run { try $0.list(after: after, limit: limit, call: $1) }
    }

    /// Deletes a secret for good. Its id stays used.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/secretNotFound``, ``LockKeeperError/Code/secretDeleted``.
    public func delete(_ id: SecretID) async throws {
        try await run { try $0.delete(id, call: $1) }
    }

    // MARK: The account

    /// The account's own log, verified entry by entry.
    public func audit(_ filter: AuditFilter = .init()) -> AuditLog {
        AuditLog { cursor in try await self.run { try $0.auditPage(filter, after: cursor, call: $1) } }
    }

    /// Changes the password. No secret is touched. Sessions of other devices lock, and device unlocks go stale.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/wrongNameOrPassword`` where the old one is wrong,
    ///   ``LockKeeperError/Code/passwordInvalid``, ``LockKeeperError/Code/outcomeUnknown``.
    public func changePassword(
        from old: Password, to new: Password, progress: ProgressHandler? = nil
    ) async throws {
        try await run(progress) { try $0.changePassword(from: old, to: new, call: $1) }
    }

    /// Deletes the account with all its secrets and its log, for good, and locks the session.
    ///
    /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/wrongNameOrPassword``, ``LockKeeperError/Code/outcomeUnknown``.
    public func deleteAccount(_ password: Password) async throws {
        try await run { try $0.deleteAccount(password, call: $1) }
    }

    private func run<T: Sendable>(
        _ progress: ProgressHandler? = nil, _ body: @escaping @Sendable (any SessionEngine, EngineCall) throws -> T
    ) async throws -> T {
        defer { watch.used() }
        return try await calls.run(within: options.deadline, progress: progress) { [engine] call in
            try body(engine, call)
        }
    }
}
