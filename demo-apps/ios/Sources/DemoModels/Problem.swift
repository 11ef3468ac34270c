import LockKeeper

/// What went wrong, in the words of this app, and what the person can do now.
public struct Problem: Equatable, Sendable {
    /// One or two sentences.
    public let text: String
    /// What the person can do.
    public let nextStep: NextStep
    /// What support wants to hear; nil where there is nothing to tell.
    public let forSupport: String?

    init(_ error: LockKeeperError) {
        text = words(for: error.code) ?? words(for: error.advice)
        nextStep = NextStep(after: error)
        forSupport = error.requestID ?? (nextStep == .contact ? error.code.rawValue : nil)
    }

    /// A problem of the app's own.
    init(_ text: String, _ nextStep: NextStep) {
        self.text = text
        self.nextStep = nextStep
        forSupport = nil
    }

    /// The camera is not to be had: the person has not allowed it, or this device cannot scan.
    public static let noCamera = Problem("The camera cannot be used for this.", .camera)
}

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
    /// Look at the list.
    case look
    /// Unlock the device.
    case unlockDevice
    /// Look at the connection.
    case connection
    /// Open the sign-in page of the network.
    case signIn
    /// Look at date and time.
    case clock
    /// Allow the camera, or paste.
    case camera
    /// Update the app.
    case update
    /// Stop, and ask the provider.
    case contact

    init(after error: LockKeeperError) {
        self =
            switch error.code {
            case .outcomeUnknown: .look
            case .notTLS: .signIn
            default: Self(error.advice, error.retryAfter)
            }
    }

    private init(_ advice: Advice, _ retryAfter: Duration?) {
        self =
            switch advice {
            case .fixInput: .change
            case .askPassword: .typePassword
            case .wait: .wait(seconds: Int(retryAfter?.components.seconds ?? 30) + 1)
            case .retry: .tryAgain
            case .unlockDevice: .unlockDevice
            case .checkNetwork: .connection
            case .checkClock: .clock
            case .updateApp: .update
            case .contactSupport, .bug: .contact
            }
    }

    /// The step in words.
    public var text: String {
        switch self {
        case .change: "Change what you typed."
        case .typePassword: "Type your password."
        case .wait(let seconds): "Try again in \(readable(seconds))."
        case .tryAgain: "Try again."
        case .look: "Look at the list, then decide."
        case .unlockDevice: "Unlock the device, then try again."
        case .connection: "Look at your connection in Settings, then try again."
        case .signIn: "Open the sign-in page of this network, or use another one."
        case .clock: "Look at date and time in Settings, then try again."
        case .camera: "Allow it in Settings, or paste the settings of the key server."
        case .update: "Update the app."
        case .contact: "Stop here, and ask the provider of the app."
        }
    }
}

/// A time that is enough, in the largest unit of which there are at least two.
private func readable(_ seconds: Int) -> String {
    let (minute, hour) = (60, 3600)
    return switch seconds {
    case (2 * hour)...: "\((seconds + hour - 1) / hour) hours"
    case (2 * minute)...: "\((seconds + minute - 1) / minute) minutes"
    case 1: "1 second"
    default: "\(seconds) seconds"
    }
}
