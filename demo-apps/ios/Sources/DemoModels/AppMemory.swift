/// What the app remembers of an earlier process. Nothing of it is a secret.
public struct Remembered: Equatable, Sendable {
    /// What `lock-keeper-server dev --phone` has shown; nil where no key server is known.
    public var connectJSON: String?
    /// The name of the account that was unlocked last.
    public var account: String?
    /// The names of the accounts that face or finger open on this device.
    public var unlocks: Set<String>

    /// What is remembered; nothing, unless it is said.
    public init(connectJSON: String? = nil, account: String? = nil, unlocks: Set<String> = []) {
        self.connectJSON = connectJSON
        self.account = account
        self.unlocks = unlocks
    }
}

/// Where the app remembers it.
@MainActor public protocol AppMemory: AnyObject {
    /// What was remembered last.
    var remembered: Remembered { get set }
}
