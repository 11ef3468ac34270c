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
    /// What is under way, and what went wrong.
    public let work = Work()

    private let client: LockKeeperClient
    private let enter: (Session) -> Void

    init(_ client: LockKeeperClient, lastAccount: String? = nil, enter: @escaping (Session) -> Void) {
        self.client = client
        self.enter = enter
        name = lastAccount ?? ""
    }

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
            enter(try await client.register(name, takePassword(), progress: progress))
        }
    }

    /// Unlocks an account.
    public func unlock() async {
        await work.run { [client, name] progress in
            enter(try await client.openSession(name, takePassword(), progress: progress))
        }
    }

    /// Unlocks an account by face or finger. What the gate keeps for an earlier password, or cannot read any more, is gone afterwards.
    public func unlock(by gate: any UnlockGate) async {
        await work.run { [client, name] _ in
            do {
                guard let unlock = try await gate.load(name) else { throw NotDone(problem: Self.nothingKept) }
                enter(try await client.openSession(unlock))
            } catch let error as LockKeeperError where [.deviceUnlockStale, .deviceUnlockInvalidated].contains(error.code) {
                try await gate.remove(name)
                throw error
            }
        }
    }

    private static let nothingKept = Problem("This device keeps nothing that opens this account by face or finger.", .typePassword)

    /// The field is cleared at once: its text cannot be wiped, so it should not stay.
    private func takePassword() -> Password {
        defer { (password, repeated) = ("", "") }
        return Password(password)
    }
}
