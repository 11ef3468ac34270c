import Foundation
import LockKeeper

/// All that the fake server keeps, and how long a call to it takes.
final class World: @unchecked Sendable {
    private let latency: Duration
    private let lock = NSLock()
    private var accounts: [String: Account] = [:]
    private var failures: [LockKeeperError] = []
    private var logsAreChanged = false

    init(latency: Duration) {
        self.latency = latency
    }

    func failNext(_ error: LockKeeperError) {
        lock.withLock { failures.append(error) }
    }

    func tamperWithAudit() {
        lock.withLock { logsAreChanged = true }
    }

    /// A call that reaches the server: waits as long as it takes, and then changes the accounts at one moment, or fails.
    func reached<T>(by call: EngineCall, _ body: (inout [String: Account]) throws -> T) throws -> T {
        try wait(for: call)
        return try lock.withLock {
            if !failures.isEmpty { throw failures.removeFirst() }
            return try body(&accounts)
        }
    }

    /// Fails where the logs were changed.
    func checkLogs() throws {
        if lock.withLock({ logsAreChanged }) { throw LockKeeperError(.auditTampered) }
    }

    private func wait(for call: EngineCall) throws {
        let cancelled = DispatchSemaphore(value: 0)
        call.cancellation.onCancel { cancelled.signal() }
        let pause = min(latency, call.timeLeft)
        if cancelled.wait(timeout: .now() + .milliseconds(Int(clamping: pause.wholeMilliseconds))) == .success {
            throw LockKeeperError(.cancelled)
        }
        guard latency < call.timeLeft else { throw LockKeeperError(.timedOut) }
    }
}

/// An account of the fake server.
struct Account {
    var password: [UInt8]
    /// How many times the password was changed. A session of an earlier one does nothing more.
    var generation = 0
    var secrets: [SecretID: Kept] = [:]
    var isDeleted = false
    private(set) var log: [AuditEntry] = []

    /// A secret, or the tombstone of one.
    enum Kept {
        case secret(Secret)
        case deleted
    }

    init(password: [UInt8]) {
        self.password = password
        note("login", .login)
        note("complete_registration", .account)
    }

    mutating func note(_ action: String, _ kind: AuditKind, _ secret: SecretID? = nil, _ outcome: Outcome = .succeeded) {
        log.append(
            AuditEntry(
                id: UInt64(log.count), at: Date(), kind: kind, action: action, secret: secret, outcome: outcome,
                count: 1, fromKnownDevice: kind == .login ? !log.isEmpty : nil))
    }

    /// The secret with this id.
    func secret(_ id: SecretID) throws -> Secret {
        switch secrets[id] {
        case .secret(let secret): return secret
        case .deleted: throw LockKeeperError(.secretDeleted)
        case nil: throw LockKeeperError(.secretNotFound)
        }
    }
}
