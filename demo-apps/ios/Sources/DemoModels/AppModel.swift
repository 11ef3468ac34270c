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
    public var settingsProblem: Problem?

    private let memory: any AppMemory
    private let unlocks: Unlocks
    private let makeClient: (ServerConfig) -> LockKeeperClient

    /// An app whose device keeps what the library must have in `store`, what the app remembers in `memory`, and what face or finger open
    /// behind `gate`.
    public convenience init(store: any LocalStore, memory: any AppMemory, gate: any UnlockGate) {
        self.init(memory, gate) { LockKeeperClient($0, store: store) }
    }

    init(_ memory: any AppMemory, _ gate: any UnlockGate, makeClient: @escaping (ServerConfig) -> LockKeeperClient) {
        self.memory = memory
        unlocks = Unlocks(gate, memory)
        self.makeClient = makeClient
        if let connectJSON = memory.remembered.connectJSON { connect(connectJSON) }
    }

    /// Takes what a code says, which may be the code of anything.
    public func connect(scanned text: String) {
        connect(text)
        if settingsProblem?.nextStep == .change { settingsProblem?.nextStep = .anotherCode }
    }

    /// Takes what `lock-keeper-server dev --phone` shows.
    public func connect(_ connectJSON: String) {
        do {
            let config = try ServerConfig(connectJSON: Data(connectJSON.utf8))
            settingsProblem = nil
            memory.remembered.connectJSON = connectJSON
            show(makeClient(config))
        } catch let error as LockKeeperError {
            settingsProblem = Problem(error)
        } catch {
            settingsProblem = Problem(error.localizedDescription, .contact)
        }
    }

    /// Goes back to the choice of the key server. What face or finger open there would open nothing at another one, and is gone.
    public func forgetServer() async {
        if case .vault(let vault) = screen { vault.lock() }
        (memory.remembered.connectJSON, memory.remembered.account) = (nil, nil)
        (screen, lockNotice) = (.server, nil)
        await unlocks.forgetAll()
    }

    func show(_ client: LockKeeperClient) {
        let account = memory.remembered.account
        screen = .door(DoorModel(client, unlocks, lastAccount: account) { [weak self] session in self?.enter(session, client) })
    }

    private func enter(_ session: Session, _ client: LockKeeperClient) {
        lockNotice = nil
        memory.remembered.account = session.account
        screen = .vault(VaultModel(session, unlocks))
        Task { [weak self] in
            for await reason in session.lockEvents {
                if reason == .accountDeleted { await self?.leave(session.account) }
                self?.lockNotice = reason == .requested ? nil : reason
                if case .vault? = self?.screen { self?.show(client) }
            }
        }
    }

    /// The account is deleted: whatever opened it opens nothing any more.
    private func leave(_ account: String) async {
        memory.remembered.account = nil
        if unlocks.holds(account) { try? await unlocks.forget(account) }
    }
}
