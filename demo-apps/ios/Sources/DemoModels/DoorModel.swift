import LockKeeper
import Observation

/// The screen before the account: register or unlock.
@MainActor @Observable public final class DoorModel {
    /// The account's name, as it is typed.
    public var name = ""
    /// The password, as it is typed.
    public var password = ""
    /// The password once more, when it is a new one.
    public var repeated = ""
    /// Who unlocked last on this device.
    public let lastAccount: String?
    /// The account that this device and the server tell different things of; nil where they agree. To forget it ends that.
    public private(set) var disputed: String?
    /// The account that was forgotten on this device.
    public private(set) var forgotten: String?
    /// What is under way, and what went wrong.
    public let work = Work()

    private let client: LockKeeperClient
    private let unlocks: Unlocks
    private let enter: (Session) -> Void

    init(_ client: LockKeeperClient, _ unlocks: Unlocks, lastAccount: String? = nil, enter: @escaping (Session) -> Void) {
        self.client = client
        self.unlocks = unlocks
        self.enter = enter
        self.lastAccount = lastAccount
        name = lastAccount ?? ""
    }

    /// Whether face or finger open the account of whoever unlocked last.
    public var canUnlockByGate: Bool { lastAccount.map(unlocks.holds) ?? false }

    /// How good the password looks.
    public var hint: PasswordHint { PasswordHint(password) }

    /// Whether there is enough to unlock an account.
    public var canUnlock: Bool { !name.isEmpty && !password.isEmpty && !work.isBusy }

    /// Whether there is enough to make an account.
    public var canRegister: Bool { canUnlock && password == repeated }

    /// Whether what was typed once more is something else.
    public var isMistyped: Bool { !repeated.isEmpty && password != repeated }

    /// Makes an account.
    public func register() async {
        await work.run { [client, name] progress in
            try await open(name) { try await client.register(name, takePassword(), progress: progress) }
        }
    }

    /// Unlocks an account.
    public func unlock() async {
        await work.run { [client, name] progress in
            try await open(name) { try await client.openSession(name, takePassword(), progress: progress) }
        }
    }

    /// Unlocks the account of whoever unlocked last by face or finger. What is kept for an earlier password, or can no longer be read, is
    /// gone afterwards.
    public func unlockByGate() async {
        guard let account = lastAccount else { return }
        await work.run { [client, unlocks] _ in
            do {
                guard let unlock = try await unlocks.open(account) else { throw NotDone(problem: Self.nothingKept) }
                try await open(account) { try await client.openSession(unlock) }
            } catch let error as LockKeeperError where [.deviceUnlockStale, .deviceUnlockInvalidated].contains(error.code) {
                try await unlocks.forget(account)
                throw error
            }
        }
    }

    /// Forgets the account on this device: what this device knows of it, and what opens it by face or finger. At the server it stays.
    public func forget() async {
        guard let account = disputed else { return }
        await work.run { [client, unlocks] _ in
            try await client.forget(account)
            if unlocks.holds(account) { try await unlocks.forget(account) }
            (disputed, forgotten) = (nil, account)
        }
    }

    private static let nothingKept = Problem("This device keeps nothing that opens this account by face or finger.", .typePassword)

    private func open(_ account: String, _ open: () async throws -> Session) async throws {
        (disputed, forgotten) = (nil, nil)
        do {
            enter(try await open())
        } catch let error as LockKeeperError where [.rolledBack, .storeCorrupt].contains(error.code) {
            disputed = account
            throw error
        }
    }

    /// The field is cleared at once: its text cannot be wiped, so it should not stay.
    private func takePassword() -> Password {
        defer { (password, repeated) = ("", "") }
        return Password(password)
    }
}
