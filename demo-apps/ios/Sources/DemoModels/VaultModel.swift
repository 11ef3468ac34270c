import Foundation
import LockKeeper
import Observation

/// The screen of an unlocked account.
@MainActor @Observable public final class VaultModel {
    /// A secret that is shown.
    public struct Revealed: Identifiable, Sendable {
        /// Its id.
        public let id: SecretID
        /// Its bytes as hexadecimal digits, or as text where it is some.
        public let text: String
    }

    /// What is known of the secrets.
    public private(set) var secrets: [SecretInfo] = []
    /// The secret that is shown now.
    public private(set) var revealed: Revealed?
    /// The log, newest first; nil until it was read.
    public private(set) var log: [AuditEntry]?
    /// Whether the log that is shown was verified to its beginning.
    public private(set) var isLogVerified = false
    /// Whether face or finger open the account from now on, since the person asked for it.
    public private(set) var isUnlockKept = false
    /// What is under way, and what went wrong.
    public let work = Work()

    private let session: Session
    private let hideAfter: Duration
    private var hiding: Task<Void, Never>?

    /// A secret that is shown is hidden again after a while.
    init(_ session: Session, hideAfter: Duration = .seconds(20)) {
        self.session = session
        self.hideAfter = hideAfter
    }

    /// The account's name.
    public var account: String { session.account }

    /// Reads the list.
    public func refresh() async {
        await work.run { _ in try await self.list() }
    }

    /// Makes a random secret of 32 bytes.
    public func generate(label: String) async {
        await work.run { _ in
            _ = try await self.session.generate(label: label.isEmpty ? nil : label)
            try await self.list()
        }
    }

    /// Keeps what is in a file. `read` gives its bytes, and may fail.
    public func importFile(label: String, _ read: () throws -> Data) async {
        await work.run { _ in
            guard let contents = try? read() else { throw NotDone(problem: Self.unreadable) }
            _ = try await self.session.importSecret(SecretBytes(contents), label: label.isEmpty ? nil : label)
            try await self.list()
        }
    }

    /// Shows a secret for a while.
    public func reveal(_ id: SecretID) async {
        await work.run { _ in
            let secret = try await self.session.retrieve(id, purpose: .localOnly)
            self.revealed = Revealed(id: id, text: secret.bytes.withUnsafeBytes(readable))
            self.hiding?.cancel()
            self.hiding = Task { [weak self, hideAfter = self.hideAfter] in
                guard (try? await Task.sleep(for: hideAfter)) != nil else { return }
                self?.hide()
            }
        }
    }

    /// Hides what is shown.
    public func hide() {
        hiding?.cancel()
        revealed = nil
    }

    /// The secret in the exchange format, for the share sheet.
    public func export(_ id: SecretID) async -> SecretBytes? {
        var exported: SecretBytes?
        await work.run { _ in exported = try await self.session.export(id) }
        return exported
    }

    /// Deletes a secret for good.
    public func delete(_ id: SecretID) async {
        await work.run { _ in
            try await self.session.delete(id)
            if self.revealed?.id == id { self.hide() }
            try await self.list()
        }
    }

    /// Reads the log. It counts as verified once its beginning was reached.
    public func readLog() async {
        (log, isLogVerified) = (nil, false)
        await work.run { _ in
            var entries: [AuditEntry] = []
            for try await entry in self.session.audit() { entries.append(entry) }
            (self.log, self.isLogVerified) = (entries, true)
        }
    }

    private static let unreadable = Problem("The file could not be read.", .tryAgain)

    /// Changes the password; answers whether it was changed.
    public func changePassword(from old: String, to new: String) async -> Bool {
        var changed = false
        await work.run { progress in
            try await self.session.changePassword(from: Password(old), to: Password(new), progress: progress)
            changed = true
        }
        return changed
    }

    /// Deletes the account for good.
    public func deleteAccount(_ password: String) async {
        await work.run { _ in try await self.session.deleteAccount(Password(password)) }
    }

    /// Has face or finger open this account from now on, on this device.
    public func keepUnlock(in gate: any UnlockGate) async {
        await work.run { _ in
            try await gate.save(self.session.deviceUnlock(), for: self.account)
            self.isUnlockKept = true
        }
    }

    /// Locks at once.
    public func lock() {
        hide()
        session.lock()
    }

    private func list() async throws {
        secrets = try await session.list(limit: 1000)
    }
}

/// Text where the bytes are some that can be printed, else hexadecimal digits.
private func readable(_ bytes: UnsafeRawBufferPointer) -> String {
    let isPrintable = bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a }
    return isPrintable ? String(decoding: bytes, as: UTF8.self) : bytes.map { String(format: "%02x", $0) }.joined()
}
