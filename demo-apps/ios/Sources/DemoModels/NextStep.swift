import LockKeeper

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
    /// Read the list anew.
    case look
    /// Choose another file.
    case anotherFile
    /// Show the secret.
    case show
    /// Delete a secret.
    case makeRoom
    /// Lock the app, and see what unlocks it.
    case unlockAgain
    /// Unlock the device.
    case unlockDevice
    /// Set up a passcode, and a face or finger.
    case enroll
    /// Look at the connection.
    case connection
    /// Open the sign-in page of the network.
    case signIn
    /// Look at date and time.
    case clock
    /// Scan another code.
    case anotherCode
    /// Allow the camera, or paste.
    case camera
    /// Update the app.
    case update
    /// Stop, and ask the provider.
    case contact

    init(after error: LockKeeperError) {
        self = byCode[error.code] ?? Self(error.advice, error.retryAfter)
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

    /// Whether it ends with the same thing being done once more.
    var isOnceMore: Bool {
        switch self {
        case .tryAgain, .wait, .connection, .signIn, .clock, .unlockDevice: true
        default: false
        }
    }

    /// The step in words.
    public var text: String {
        switch self {
        case .change: "Change what you typed."
        case .typePassword: "Type your password."
        case .wait(let seconds): "Try again in \(readable(seconds))."
        case .tryAgain: "Try again."
        case .look: "Pull the list down to read it anew, then decide."
        case .anotherFile: "Choose another file."
        case .show: "Show it instead."
        case .makeRoom: "Delete a secret, then try again."
        case .unlockAgain: "Lock the app, then unlock it again to see."
        case .unlockDevice: "Unlock the device, then try again."
        case .enroll: "Set them up in Settings, then try again."
        case .connection: "Look at your connection in Settings, then try again."
        case .signIn: "Open the sign-in page of this network, or use another one."
        case .clock: "Look at date and time in Settings, then try again."
        case .anotherCode: "Scan the code that the key server shows."
        case .camera: "Allow it in Settings, or paste the settings of the key server."
        case .update: "Update the app."
        case .contact: "Stop here, and ask the provider of the app."
        }
    }
}

/// What the advice says is too little where nothing was typed, or where the person has to do something else first.
private let byCode: [LockKeeperError.Code: NextStep] = [
    .secretTooLarge: .anotherFile,
    .tooLargeToExport: .show,
    .secretNotFound: .look,
    .secretDeleted: .look,
    .secretIDTaken: .look,
    .quotaReached: .makeRoom,
    .ticketRefused: .contact,
    .notTLS: .signIn,
]

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
