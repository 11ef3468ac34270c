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

    init(_ client: LockKeeperClient, enter: @escaping (Session) -> Void) {
        self.client = client
        self.enter = enter
    }

    /// How good the password looks.
    public var hint: PasswordHint { PasswordHint(password) }

    /// Whether there is enough to unlock an account.
    public var canUnlock: Bool { !name.isEmpty && !password.isEmpty && !work.isBusy }

    /// Whether there is enough to make an account.
    public var canRegister: Bool { canUnlock && password == repeated }

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

    /// Unlocks an account with what was kept behind the face or finger.
    public func unlock(with unlock: DeviceUnlock) async {
        await work.run { [client] _ in enter(try await client.openSession(unlock)) }
    }

    /// The field is cleared at once: its text cannot be wiped, so it should not stay.
    private func takePassword() -> Password {
        defer { (password, repeated) = ("", "") }
        return Password(password)
    }
}
