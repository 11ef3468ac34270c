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
        let (began, ended) = try await withTaskExecutorPreference(OneThread()) {
            let ticking = Task {
                while !Task.isCancelled {
                    ticks.add(.now)
                    await Task.yield()
                }
            }
            let began = ContinuousClock.now
            _ = try await client.openSession(name, rightPassword, options: patient)
            let ended = ContinuousClock.now
            ticking.cancel()
            return (began, ended)
        }
        let meanwhile = ticks.all.filter { began < $0 && $0 < ended }
        #expect(meanwhile.count > 10)
        // Not only at its beginning and at its end: a tick in each tenth of the login.
        let tenth = (ended - began) / 10
        let touched = Set(meanwhile.map { Int(began.duration(to: $0) / tenth) })
        #expect(touched.count >= 8)
    }
}

/// An executor with one thread.
private final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "one thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
