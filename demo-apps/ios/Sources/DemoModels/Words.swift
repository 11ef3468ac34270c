import Foundation
import LockKeeper

/// The app's own words for a code; nil where it has none, as for those of later releases.
func words(for code: LockKeeperError.Code) -> String? { byCode[code] }

/// The app's own words where a code has none.
func words(for advice: Advice) -> String {
    switch advice {
    case .fixInput: "That cannot be done as it is."
    case .askPassword: "Your password is needed."
    case .wait: "That cannot be done yet."
    case .retry: "That did not work this time."
    case .checkNetwork: "The key server cannot be reached."
    case .checkClock: "Date or time of this device seem to be wrong."
    case .unlockDevice: "What this device keeps cannot be read now."
    case .updateApp: "This app is too old for the key server."
    case .contactSupport: "Something is wrong with the key server."
    case .bug: "The app met something that it does not know."
    }
}

private let byCode: [LockKeeperError.Code: String] = [
    .accountNameInvalid: "This name cannot be used. It is too long, or has characters that a name may not have.",
    .accountNameTaken: "Somebody has this name already. If it is you, unlock instead.",
    .registrationClosed: "The key server takes no new accounts.",
    .passwordInvalid: "This password cannot be used. It is too long, or has characters that a password may not have.",
    .wrongNameOrPassword: "Name or password is wrong. Nobody can reset the password.",
    .tooManyAttempts: "Too many wrong passwords. Wait before you try again.",
    .passwordChanged: "Your password was changed on another device.",
    .deviceUnlockStale: "The password was changed since this device was set up to unlock by face or finger.",
    .deviceUnlockInvalidated: "The faces or fingers that this device knows have changed, so they unlock nothing any more.",
    .configInvalid: "These are not the settings of a key server.",
    .secretNotFound: "This secret is not there.",
    .secretDeleted: "This secret was deleted.",
    .secretTooLarge: "A secret has 1 byte to 32 KiB. This one is empty or larger.",
    .tooLargeToExport: "This secret is too large to share: more than 255 bytes. You can still show it.",
    .labelTooLong: "What it is for is too long.",
    .quotaReached: "Your account is full. Delete what you no longer need.",
    .sessionLocked: "The app has locked. Unlock it to go on.",
    .offline: "There is no connection to the key server.",
    .timedOut: "The key server took too long to answer.",
    .proxyRefused: "The proxy of this network let nothing through.",
    .serverBusy: "The key server has too much to do now.",
    .serverFailed: "Something is wrong at the key server. Waiting does not help.",
    .notTLS: "Something else answered. Is this a network with a sign-in page?",
    .serverUntrusted: "The key server could not prove who it is. Nothing was sent to it.",
    .pinMismatch: "The key server could not prove who it is. Nothing was sent to it.",
    .wrongHost: "Another server answered. Nothing was sent to it.",
    .certificateNotValidNow: "The certificate of the key server is not valid at the time that this device shows.",
    .serverIdentityChanged: "This is not the server that the app was set up with.",
    .rolledBack: "The server shows an older state of your account than this device has seen.",
    .auditTampered: "Your log was changed. Do not trust it.",
    .dataTampered: "What the server keeps for you was changed. Do not use it.",
    .storeCorrupt: "What this device knows of your account is damaged. Nothing was overwritten.",
    .notEnoughMemory: "There is too little memory to unlock. Close other apps.",
    .storeUnavailable: "This device cannot read now what it keeps of your account.",
    .versionUnsupported: "This app is too old for the key server.",
    .tlsTooOld: "The key server, or what stands before it, is too old to be safe. Nothing was sent to it.",
    .redirected: "The key server sent the app elsewhere, and the app does not follow.",
    .protocolViolation: "The key server sent something that makes no sense.",
    .ticketRefused: "The key server did not take the ticket that came with this name.",
    .secretIDTaken: "Another secret has the place of this one. Nothing was kept.",
    .internal: "Something in the app went wrong.",
    .outcomeUnknown: "It is not known whether that worked.",
]

/// What is under way, for the person who waits.
public func words(for phase: Phase?) -> String {
    switch phase {
    case .stretching: "Making the password hard to guess"
    case .proving: "Proving the password"
    case .waiting(let attempt): "Trying again, time \(attempt + 1)"
    case .connecting, .sending, nil: "Talking to the key server"
    }
}

/// Why the app has locked.
public func words(for reason: LockReason) -> String {
    switch reason {
    case .idle: "Locked, because it was not used."
    case .background: "Locked, because it was in the background."
    case .passwordChanged: "Locked, because the password was changed on another device."
    case .accountDeleted: "The account was deleted."
    case .requested, .other: "Locked."
    }
}

/// An entry of the log in one line.
public func words(for entry: AuditEntry) -> String {
    line(entry.action, fromKnownDevice: entry.fromKnownDevice, entry.outcome, entry.count)
}

func line(_ action: String, fromKnownDevice: Bool?, _ outcome: Outcome, _ count: UInt64) -> String {
    let unknown = action.prefix(1).uppercased() + action.dropFirst().replacingOccurrences(of: "_", with: " ")
    let device =
        switch fromKnownDevice {
        case true?: " from a known device"
        case false?: " from a new device"
        case nil: ""
        }
    let end =
        switch outcome {
        case .succeeded: ""
        case .refused: ", refused"
        case .neverFinished: ", never finished"
        }
    let times = count > 1 ? ", \(count) times" : ""
    return (byAction[action] ?? unknown) + device + end + times
}

private let byAction = [
    "login": "Login",
    "attempts_turned_away": "Logins turned away",
    "complete_registration": "Account made",
    "generate": "Secret generated",
    "import": "Secret imported",
    "retrieve": "Secret read",
    "retrieve_local_only": "Secret shown",
    "retrieve_for_export": "Secret shared",
    "list": "Secrets listed",
    "audit": "Log read",
    "delete": "Secret deleted",
    "change_password": "Change of password begun",
    "password_changed": "Password changed",
    "delete_account": "Account deleted",
]
