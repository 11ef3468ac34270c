import LockKeeper
import Observation

/// Runs one piece of work at a time for a screen, and keeps what it shows meanwhile and afterwards.
@MainActor @Observable public final class Work {
    /// Whether something is under way.
    public private(set) var isBusy = false
    /// How far it is.
    public private(set) var phase: Phase?
    /// What went wrong at last.
    public private(set) var problem: Problem?

    private let whenUnknown: NextStep?

    /// No work. `whenUnknown` is what the person can do where it is not known whether a piece of it was done.
    init(whenUnknown: NextStep? = nil) {
        self.whenUnknown = whenUnknown
    }

    /// Runs `body`. A second call while one is under way does nothing: a button that was tapped twice.
    func run(_ body: (@escaping ProgressHandler) async throws -> Void) async {
        guard !isBusy else { return }
        (isBusy, phase, problem) = (true, nil, nil)
        defer { (isBusy, phase) = (false, nil) }
        do {
            try await body { phase in
                Task { @MainActor [weak self] in
                    if let self, self.isBusy { self.phase = phase }
                }
            }
        } catch is CancellationError {
            // The person went away; nothing has happened.
        } catch let error as LockKeeperError where error.code == .cancelled {
            // The person said no.
        } catch let error as NotDone {
            problem = error.problem
        } catch let error as LockKeeperError {
            problem = Problem(error, whenUnknown: whenUnknown)
        } catch {
            problem = Problem(error.localizedDescription, .contact)
        }
    }
}

/// Ends a piece of work with a problem of the app's own.
struct NotDone: Error {
    let problem: Problem
}
