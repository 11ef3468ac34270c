import DemoModels
import Foundation

/// The app's preferences, as its memory.
@MainActor final class Preferences: AppMemory {
    private let defaults = UserDefaults.standard

    var remembered: Remembered {
        get {
            Remembered(
                connectJSON: defaults.string(forKey: "connect"), account: defaults.string(forKey: "account"),
                unlocks: Set(defaults.stringArray(forKey: "unlocks") ?? []))
        }
        set {
            defaults.set(newValue.connectJSON, forKey: "connect")
            defaults.set(newValue.account, forKey: "account")
            defaults.set(newValue.unlocks.sorted(), forKey: "unlocks")
        }
    }
}
