import DemoModels
import LockKeeper
import SwiftUI

/// The demo app.
@main struct LockKeeperDemoApp: App {
    @State private var app = AppModel(store: KeychainStore(), memory: Preferences(), gate: FaceGate())
    @State private var cover = Cover()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            RootView(app: app)
                // The app switcher takes its picture when the app is no longer active: it must show no secret.
                .onChange(of: phase) { _, phase in cover.isShown = phase != .active }
        }
    }
}

/// The screen that the person sees.
struct RootView: View {
    @Bindable var app: AppModel

    var body: some View {
        NavigationStack {
            switch app.screen {
            case .server: ServerView(app: app)
            case .door(let door): DoorView(app: app, door: door)
            case .vault(let vault): VaultView(vault: vault)
            }
        }
    }
}
