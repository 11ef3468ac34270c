/// How a session behaves.
public struct SessionOptions: Sendable, Hashable {
    /// Locks after so long without use, on a clock that counts while the device sleeps. Nil: never.
    public var lockAfterIdle: Duration?
    /// Locks when the app has been in the background for so long. Nil: never.
    ///
    /// A suspended app runs no code, so its keys stay in memory until it is woken; it locks before anything else happens then. A session
    /// that is opened when the app has gone to the background already counts from there. An app that the system *starts* in the
    /// background is told of it by nobody: there ``lockAfterIdle`` alone locks.
    public var lockInBackgroundAfter: Duration?
    /// How long each call may take, waiting for its turn included.
    public var deadline: Duration

    /// Five minutes without use, thirty seconds in the background, thirty seconds for a call.
    public init(
        lockAfterIdle: Duration? = .seconds(300), lockInBackgroundAfter: Duration? = .seconds(30),
        deadline: Duration = .seconds(30)
    ) {
        self.lockAfterIdle = lockAfterIdle
        self.lockInBackgroundAfter = lockInBackgroundAfter
        self.deadline = deadline
    }
}

/// Why a session has locked.
public enum LockReason: Sendable, Hashable {
    /// The app asked for it, or let go of the session.
    case requested
    /// It was not used for as long as the options say.
    case idle
    /// The app was in the background for as long as the options say.
    case background
    /// The password was changed on another device.
    case passwordChanged
    /// The account was deleted.
    case accountDeleted
    /// Another reason, which this release of the package cannot name.
    case other
}
