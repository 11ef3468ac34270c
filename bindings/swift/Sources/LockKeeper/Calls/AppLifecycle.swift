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

    private var observations: [any NSObjectProtocol] = []

    init(onBackground: @escaping @Sendable () -> Void, onForeground: @escaping @Sendable () -> Void) {
        observations = Self.observe(Self.background, onBackground) + Self.observe(Self.foreground, onForeground)
    }

    deinit {
        observations.forEach { NotificationCenter.default.removeObserver($0) }
    }

    private static func observe(
        _ names: [String], _ act: @escaping @Sendable () -> Void
    ) -> [any NSObjectProtocol] {
        names.map { name in
            NotificationCenter.default.addObserver(forName: Notification.Name(name), object: nil, queue: nil) { _ in
                act()
            }
        }
    }
}
