import Foundation
import Testing

@testable import LockKeeper
@testable import LockKeeperTesting

@Suite struct LockWatches {
    @Test func callsThatEndAsTheAppGoesToTheBackgroundDoNotPutTheLockOff() async throws {
        let options = SessionOptions(lockAfterIdle: .seconds(3600), lockInBackgroundAfter: .milliseconds(20))
        for _ in 0..<20 {
            let session = FakeSession(world: World(latency: .zero), account: "ada", generation: 0, options: options)
            let locked = Recorder<LockReason>()
            session.onLock { locked.add($0) }
            let watch = LockWatch(session, options: options)
            let stop = Cancellation()
            // Many more than processors, so that one of them has just worked out a moment and is not at its turn to set it.
            let threads = DispatchGroup()
            for _ in 0..<16 {
                threads.enter()
                Thread.detachNewThread {
                    while !stop.isCancelled { watch.used() }
                    threads.leave()
                }
            }
            try await Task.sleep(for: .milliseconds(10))
            session.enteredBackground()
            watch.isInBackground(true)
            stop.cancel()
            await withCheckedContinuation { ended in threads.notify(queue: .global()) { ended.resume() } }
            // Nothing is asked here: whoever asks makes it lock.
            try await eventually("the watch asks when the time in the background is up") { locked.all == [.background] }
            withExtendedLifetime(watch) {}
        }
    }
}
