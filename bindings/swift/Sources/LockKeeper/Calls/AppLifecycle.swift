import Foundation

/// Tells when the app, or the app that hosts an extension, goes to the background and comes back. A Mac's app has no background.
///
/// The names are those that UIKit and the extension's host post. They are written out, since UIKit may not be had in an extension,
/// and a package must not draw it into one that has no need of it.
final class AppLifecycle: @unchecked Sendable {
    private static let background = [
        "UIApplicationDidEnterBackgroundNotification", "NSExtensionHostDidEnterBackgroundNotification",
    ]
    private static let foreground = [
        "UIApplicationWillEnterForegroundNotification", "NSExtensionHostWillEnterForegroundNotification",
    ]

    private let lock = NSLock()
    private let tell: @Sendable (_ inBackground: Bool) -> Void
    private var heard: Bool?
    private var observations: [any NSObjectProtocol] = []

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - earlier: one that listens for longer: where the app is in the background already, that is told at once.
    ///   - tell: is told where the app is now, by one thread at a time.
    init(after earlier: AppLifecycle? = nil, _ tell: @escaping @Sendable (_ inBackground: Bool) -> Void) {
        self.tell = tell
        observations = observe(Self.background, true) + observe(Self.foreground, false)
        if let earlier, earlier.isInBackground { begin() }
    }

    deinit {
        observations.forEach { NotificationCenter.default.removeObserver($0) }
    }

    /// Whether the app is in the background, as far as this has heard.
    private var isInBackground: Bool { lock.withLock { heard ?? false } }

    /// The app was in the background before this listened. What this has heard itself is newer.
    private func begin() {
        lock.withLock {
            guard heard == nil else { return }
            heard = true
            tell(true)
        }
    }

    private func hear(_ inBackground: Bool) {
        lock.withLock {
            heard = inBackground
            tell(inBackground)
        }
    }

    private func observe(_ names: [String], _ inBackground: Bool) -> [any NSObjectProtocol] {
        names.map { name in
            NotificationCenter.default.addObserver(forName: Notification.Name(name), object: nil, queue: nil) { [weak self] _ in
                self?.hear(inBackground)
            }
        }
    }
}
