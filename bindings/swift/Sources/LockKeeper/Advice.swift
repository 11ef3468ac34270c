internal import LockKeeperBindings

/// What the caller does after an error. The set is closed, so that an app can switch over it.
public enum Advice: Sendable, Hashable, CaseIterable {
    /// Change what is asked for; the same call fails the same way again.
    case fixInput
    /// Ask the person for the password.
    case askPassword
    /// Call again after ``LockKeeperError/retryAfter``.
    case wait
    /// Call again.
    case retry
    /// Ask the person to look at the network connection.
    case checkNetwork
    /// Ask the person to look at the device's date and time.
    case checkClock
    /// Call again once the person has unlocked the device.
    case unlockDevice
    /// Ask the person to update the app.
    case updateApp
    /// Stop, and send the person to the service provider.
    case contactSupport
    /// Report it: something has a defect.
    case bug
}

extension Advice {
    init(_ advice: FfiAdvice) {
        self =
            switch advice {
            case .fixInput: .fixInput
            case .askPassword: .askPassword
            case .wait: .wait
            case .retry: .retry
            case .checkNetwork: .checkNetwork
            case .checkClock: .checkClock
            case .unlockDevice: .unlockDevice
            case .updateApp: .updateApp
            case .contactSupport: .contactSupport
            case .bug: .bug
            }
    }

    /// The advice as one plain English sentence.
    var sentence: String {
        switch self {
        case .fixInput: "Change what you entered."
        case .askPassword: "Enter your password."
        case .wait: "Wait a while, then try again."
        case .retry: "Try again."
        case .checkNetwork: "Check your network connection."
        case .checkClock: "Check the date and time of your device."
        case .unlockDevice: "Unlock your device, then try again."
        case .updateApp: "Update the app."
        case .contactSupport: "Contact the provider of the app."
        case .bug: "Report this to the provider of the app."
        }
    }
}
