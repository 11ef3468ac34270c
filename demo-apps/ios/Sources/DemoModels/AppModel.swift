import Foundation
import LockKeeper
import Observation

/// The app: which key server it knows, and whether somebody has unlocked an account.
@MainActor @Observable public final class AppModel {
    /// What the person sees.
    public enum Screen {
        /// No key server is known yet.
        case server
        /// Nobody has unlocked an account.
        case door(DoorModel)
        /// An account is unlocked.
        case vault(VaultModel)
    }

    /// What the person sees now.
    public private(set) var screen: Screen = .server
    /// Why the app has locked, until the person reads it.
    public var lockNotice: LockReason?
    /// What was wrong with the settings that were given.
    public private(set) var settingsProblem: Problem?
    /// A cover hides the app while it is not in front, so that the app switcher shows no secret.
    public var isCovered = false

    private let makeClient: (ServerConfig) -> LockKeeperClient

    /// An app whose devices keep what they must in `store`.
    public convenience init(store: any LocalStore) {
        self.init { LockKeeperClient($0, store: store) }
    }

    init(makeClient: @escaping (ServerConfig) -> LockKeeperClient) {
        self.makeClient = makeClient
    }

    /// Takes what `lock-keeper-server dev --phone` shows: scanned or pasted.
    public func connect(_ connectJSON: String) {
        do {
            let config = try ServerConfig(connectJSON: Data(connectJSON.utf8))
            settingsProblem = nil
            show(makeClient(config))
        } catch let error as LockKeeperError {
            settingsProblem = Problem(error)
        } catch {
            settingsProblem = Problem(error.localizedDescription, .contact)
        }
    }

    /// Goes back to the choice of the key server.
    public func forgetServer() {
        if case .vault(let vault) = screen { vault.lock() }
        screen = .server
    }

    func show(_ client: LockKeeperClient) {
        screen = .door(DoorModel(client) { [weak self] session in self?.enter(session, client) })
    }

    private func enter(_ session: Session, _ client: LockKeeperClient) {
        lockNotice = nil
        screen = .vault(VaultModel(session))
        Task { [weak self] in
            for await reason in session.lockEvents {
                self?.lockNotice = reason == .requested ? nil : reason
                if case .vault? = self?.screen { self?.show(client) }
            }
        }
    }
}
