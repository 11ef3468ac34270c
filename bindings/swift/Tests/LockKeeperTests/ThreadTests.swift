import Foundation
import LockKeeper
import Testing

/// No call holds its caller's thread.
@Suite struct Threads {
    @Test func aPoolOfOneThreadKeepsTickingWhileALoginRuns() async throws {
        let name = freshName()
        let client = try await LockKeeperClient.device()
        _ = try await client.register(name, rightPassword, options: patient)
        let ticks = Recorder<ContinuousClock.Instant>()
        let oneThread = OneThread()
        let (began, ended) = try await withTaskExecutorPreference(oneThread) {
            // The group's tasks share the executor of the task around them; a `Task` would not.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        oneThread.check()
                        ticks.add(.now)
                        try? await Task.sleep(for: .milliseconds(1))
                    }
                }
                let began = ContinuousClock.now
                _ = try await client.openSession(name, rightPassword, options: patient)
                let ended = ContinuousClock.now
                group.cancelAll()
                return (began, ended)
            }
        }
        // Not only at its beginning and at its end: in most tenths of the login.
        let tenth = (ended - began) / 10
        let touched = Set(ticks.all.filter { began < $0 && $0 < ended }.map { Int(began.duration(to: $0) / tenth) })
        #expect(touched.count >= 5)
    }
}

/// An executor with one thread.
private final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "one thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Whoever calls runs on it.
    func check() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
