import LockKeeper
import Observation

/// The screen of the account itself: its password, what else opens it, and its end.
@MainActor @Observable public final class AccountModel {
    /// The password that is to be changed, as it is typed.
    public var oldPassword = ""
    /// The new password, as it is typed.
    public var newPassword = ""
    /// The new password once more: a slip of the finger would lock the person out for good.
    public var repeatedPassword = ""
    /// The password that confirms the end of the account, as it is typed.
    public var confirmation = ""
    /// Whether the password was changed here.
    public private(set) var isPasswordChanged = false
    /// What is under way with the account, and what went wrong.
    public let work = Work(whenUnknown: .unlockAgain)

    private let session: Session
    private let unlocks: Unlocks

    init(_ session: Session, _ unlocks: Unlocks) {
        self.session = session
        self.unlocks = unlocks
    }

    /// Whether face or finger open the account on this device.
    public var isUnlockKept: Bool { unlocks.holds(session.account) }

    /// How good the new password looks.
    public var hint: PasswordHint { PasswordHint(newPassword) }

    /// Whether there is enough to change the password.
    public var canChangePassword: Bool { !oldPassword.isEmpty && !newPassword.isEmpty && newPassword == repeatedPassword }

    /// Whether what was typed once more is something else.
    public var isMistyped: Bool { !repeatedPassword.isEmpty && newPassword != repeatedPassword }

    /// Changes the password to the one that was typed. What opens the account by face or finger would open nothing afterwards, and is gone.
    public func changePassword() async {
        await work.run { progress in
            self.isPasswordChanged = false
            let (old, new) = (Password(self.oldPassword), Password(self.newPassword))
            self.forgetPasswords()
            try await self.session.changePassword(from: old, to: new, progress: progress)
            self.isPasswordChanged = true
            try await self.dropKept()
        }
    }

    /// Deletes the account for good.
    public func deleteAccount() async {
        await work.run { _ in
            let password = Password(self.confirmation)
            self.forgetPasswords()
            try await self.session.deleteAccount(password)
        }
    }

    /// Has face or finger open this account from now on, on this device.
    public func keepUnlock() async {
        await work.run { _ in try await self.unlocks.keep(self.session.deviceUnlock(), for: self.session.account) }
    }

    /// Has the password alone open this account from now on.
    public func dropUnlock() async {
        await work.run { _ in try await self.dropKept() }
    }

    /// Clears the fields for passwords: their text cannot be wiped, so it should not stay.
    public func forgetPasswords() {
        (oldPassword, newPassword, repeatedPassword, confirmation) = ("", "", "", "")
    }

    private func dropKept() async throws {
        if isUnlockKept { try await unlocks.forget(session.account) }
    }
}
