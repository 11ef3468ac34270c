import Foundation
import LockKeeper
import Observation

/// The screen of an unlocked account: its secrets.
@MainActor @Observable public final class VaultModel {
    /// A secret that is shown.
    public struct Revealed: Identifiable, Sendable {
        /// Its id.
        public let id: SecretID
        /// Its bytes as hexadecimal digits, or as text where it is some.
        public let text: String
    }

    /// A secret that is to be kept. Until it is known that it is, the same one goes by the same id, so that it is kept once.
    struct Draft: Sendable {
        let id: SecretID
        let label: String?
        /// What was in a file; nil where the secret is drawn.
        let contents: SecretBytes?
    }

    /// What the next secret is for, as it is typed.
    public var label = ""
    /// What is known of the secrets.
    public private(set) var secrets: [SecretInfo] = []
    /// The secret that is shown now.
    public private(set) var revealed: Revealed?
    /// What is under way with the secrets, and what went wrong.
    public let work = Work(whenUnknown: .look)
    /// The screen of the log.
    public let log: LogModel
    /// The screen of the account itself.
    public let accountModel: AccountModel

    /// The secret of which it is not known whether it is kept.
    var draft: Draft?
    private let session: Session
    private let hideAfter: Duration
    private let page: Int
    private var hiding: Task<Void, Never>?

    /// A secret that is shown is hidden again after a while. The list is read in pages.
    init(_ session: Session, _ unlocks: Unlocks, hideAfter: Duration = .seconds(20), page: Int = 1000) {
        self.session = session
        self.page = page
        self.hideAfter = hideAfter
        log = LogModel(session)
        accountModel = AccountModel(session, unlocks)
    }

    /// The account's name.
    public var account: String { session.account }

    /// Whether something is under way on any screen of the account.
    public var isBusy: Bool { [work, log.work, accountModel.work].contains { $0.isBusy } }

    /// Reads the list.
    public func refresh() async {
        await work.run { _ in
            var all: [SecretInfo] = []
            var more: [SecretInfo]
            repeat {
                more = try await self.session.list(after: all.last?.id, limit: self.page)
                all += more
            } while more.count == self.page
            self.secrets = all
            if all.contains(where: { $0.id == self.draft?.id }) { self.draft = nil }
        }
    }

    /// Makes a random secret of 32 bytes.
    public func generate() async {
        await work.run { _ in
            try await self.keep(nil, self.typedLabel) { draft in
                try await self.session.generate(label: draft.label, id: draft.id).info
            }
        }
    }

    /// The system gave no file, although the person has chosen one.
    public func fileWasNotGiven() async {
        await work.run { _ in throw NotDone(problem: Self.unreadable) }
    }

    /// Keeps what is in a file. Without a label it gets the file's name.
    public func importFile(_ file: URL) async {
        await work.run { _ in
            guard let contents = try? await ChosenFile.read(file) else { throw NotDone(problem: Self.unreadable) }
            try await self.keep(contents, self.typedLabel ?? file.lastPathComponent) { draft in
                try await self.session.importSecret(contents, label: draft.label, id: draft.id)
            }
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

    /// Deletes a secret for good. One that is deleted already, as by an earlier call that was not answered, is no failure.
    public func delete(_ id: SecretID) async {
        await work.run { _ in
            do {
                try await self.session.delete(id)
            } catch let error as LockKeeperError where error.code == .secretDeleted {}
            if self.revealed?.id == id { self.hide() }
            self.secrets.removeAll { $0.id == id }
        }
    }

    /// Locks at once.
    public func lock() {
        hide()
        session.lock()
    }

    private static let unreadable = Problem("The file could not be read.", .tryAgain)

    private var typedLabel: String? {
        let typed = label.trimmingCharacters(in: .whitespaces)
        return typed.isEmpty ? nil : typed
    }

    private func keep(_ contents: SecretBytes?, _ label: String?, _ send: (Draft) async throws -> SecretInfo) async throws {
        let draft = drafted(contents, label)
        self.draft = draft
        do {
            let kept = try await send(draft)
            secrets = secrets.filter { $0.id != kept.id } + [kept]
            (self.draft, self.label) = (nil, "")
        } catch let error as LockKeeperError where [.secretDeleted, .secretIDTaken].contains(error.code) {
            self.draft = nil
            throw error
        }
    }

    private func drafted(_ contents: SecretBytes?, _ label: String?) -> Draft {
        if let draft, draft.label == label, draft.contents == contents { return draft }
        return Draft(id: session.newSecretID(), label: label, contents: contents)
    }
}

/// Text where the bytes are some that can be printed, else hexadecimal digits.
private func readable(_ bytes: UnsafeRawBufferPointer) -> String {
    let isPrintable = bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a }
    return isPrintable ? String(decoding: bytes, as: UTF8.self) : bytes.map { String(format: "%02x", $0) }.joined()
}
