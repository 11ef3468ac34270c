import LockKeeper
import Observation

/// What opens accounts of the key server by face or finger, and for whom this device keeps it.
@MainActor @Observable final class Unlocks {
    private(set) var accounts: Set<String> {
        didSet { memory.remembered.unlocks = accounts }
    }

    private let gate: any UnlockGate
    private let memory: any AppMemory

    init(_ gate: any UnlockGate, _ memory: any AppMemory) {
        self.gate = gate
        self.memory = memory
        accounts = memory.remembered.unlocks
    }

    /// Whether something is kept for an account, as far as can be said without asking for a face or finger.
    func holds(_ account: String) -> Bool { accounts.contains(account) }

    /// Keeps it, in place of an earlier one.
    func keep(_ unlock: DeviceUnlock, for account: String) async throws {
        // First, so that what is kept is never forgotten: a process may end at any moment.
        accounts.insert(account)
        do {
            try await gate.save(unlock, for: account)
        } catch {
            try? await forget(account)
            guard let error = error as? LockKeeperError, error.code == .storeUnavailable else { throw error }
            throw NotDone(problem: Self.notEnrolled)
        }
    }

    /// Gives it out once the person has shown face or finger: nil where it is not kept any more.
    func open(_ account: String) async throws -> DeviceUnlock? {
        do {
            let unlock = try await gate.load(account)
            if unlock == nil { accounts.remove(account) }
            return unlock
        } catch let error as LockKeeperError where error.code == .storeUnavailable {
            throw NotDone(problem: Self.lockedOut)
        }
    }

    /// Keeps nothing for an account any more.
    func forget(_ account: String) async throws {
        try await gate.remove(account)
        accounts.remove(account)
    }

    /// Keeps nothing any more: what opens an account of this key server is of no use at another one.
    func forgetAll() async {
        let kept = accounts
        accounts = []
        for account in kept { try? await gate.remove(account) }
    }

    private static let notEnrolled = Problem(
        "This device cannot keep it. It needs a passcode, and a face or finger that it knows.", .enroll)
    private static let lockedOut = Problem(
        "This device does not look at faces or fingers now. Your password still works.", .unlockDevice)
}
