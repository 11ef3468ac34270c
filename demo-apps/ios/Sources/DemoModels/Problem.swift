import LockKeeper

/// What went wrong, in the words of this app, and what the person can do now.
public struct Problem: Equatable, Sendable {
    /// One sentence.
    public let text: String
    /// What the person can do.
    public let nextStep: NextStep
    /// What support wants to hear; nil where there is nothing to tell.
    public let forSupport: String?

    /// What the person can do after something went wrong.
    public enum NextStep: Equatable, Sendable {
        /// Change what was typed.
        case change
        /// Type the password.
        case typePassword
        /// Wait so many seconds, then try again.
        case wait(seconds: Int)
        /// Try again.
        case tryAgain
        /// Look into the settings of the device.
        case settings
        /// Update the app.
        case update
        /// Stop, and ask the provider.
        case contact
    }

    init(_ error: LockKeeperError) {
        text = Self.words[error.code] ?? error.localizedDescription
        nextStep = Self.nextStep(after: error)
        forSupport = error.requestID
    }

    /// A problem of the app's own.
    init(_ text: String, _ nextStep: NextStep) {
        self.text = text
        self.nextStep = nextStep
        forSupport = nil
    }

    /// By code, where this app has better words than the library.
    private static let words: [LockKeeperError.Code: String] = [
        .accountNameTaken: "Somebody has this name already. If it is you, unlock instead.",
        .wrongNameOrPassword: "Name or password is wrong. Nobody can reset the password.",
        .tooManyAttempts: "Too many wrong passwords. Wait before you try again.",
        .passwordChanged: "Your password was changed on another device.",
        .offline: "There is no connection to the key server.",
        .notTLS: "Something else answered. Is this a network with a sign-in page?",
        .serverIdentityChanged: "This is not the server that the app was set up with. Nothing was sent to it.",
        .rolledBack: "The server shows an older state of your account than this device has seen.",
        .auditTampered: "Your log was changed. Do not trust it.",
        .dataTampered: "What the server keeps for you was changed.",
        .outcomeUnknown: "It is not known whether that worked. Look at the list.",
        .sessionLocked: "The app has locked. Unlock it to go on.",
    ]

    private static func nextStep(after error: LockKeeperError) -> NextStep {
        switch error.advice {
        case .fixInput: .change
        case .askPassword: .typePassword
        case .wait: .wait(seconds: Int(error.retryAfter?.components.seconds ?? 30) + 1)
        case .retry, .unlockDevice: .tryAgain
        case .checkNetwork, .checkClock: .settings
        case .updateApp: .update
        case .contactSupport, .bug: .contact
        }
    }
}
