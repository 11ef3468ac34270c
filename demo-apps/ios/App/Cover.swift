import SwiftUI
import UIKit

/// Hides the app while it is not in front. It has windows of its own, above every sheet: an overlay of a view would lie below them.
@MainActor final class Cover {
    private var windows: [UIWindow] = []

    /// Whether the app is hidden.
    var isShown = false {
        didSet {
            if isShown == oldValue { return }
            windows = isShown ? UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }.map(window) : []
        }
    }

    private func window(over scene: UIWindowScene) -> UIWindow {
        let window = UIWindow(windowScene: scene)
        window.windowLevel = UIWindow.Level(rawValue: UIWindow.Level.alert.rawValue + 1)
        window.rootViewController = UIHostingController(rootView: CoverView())
        // VoiceOver must not reach what is below.
        window.accessibilityViewIsModal = true
        window.isHidden = false
        return window
    }
}

/// What the app switcher shows.
private struct CoverView: View {
    var body: some View {
        ZStack {
            Color(.systemBackground)
            Image(systemName: "lock.fill").font(.largeTitle)
        }
        .ignoresSafeArea()
        .accessibilityLabel("Hidden")
    }
}
