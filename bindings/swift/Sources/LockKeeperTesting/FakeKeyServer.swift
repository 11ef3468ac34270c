import Foundation
import LockKeeper

/// A key server in memory, for the tests and previews of an app. There is no network, no encryption and no Argon2id: it shows how an
/// app behaves, not that anything is safe.
///
/// ```swift
/// let server = FakeKeyServer()
/// let session = try await server.client().register("ada", Password("correct horse"))
/// server.failNext(LockKeeperError(.offline))
/// ```
///
/// It keeps accounts, secrets and a log, locks sessions, and throws what the real one throws for the same call, with two exceptions: there
/// is no guess budget, and names and passwords are not prepared as RFC 8265 has it (a name is only made lower-case). Use
/// ``failNext(_:)`` for what it does not do by itself.
public final class FakeKeyServer: Sendable {
    private let world: World

    /// A server without accounts. Each call takes as long as `latency`, unless it is cancelled or its deadline comes first.
    public init(latency: Duration = .zero) {
        world = World(latency: latency)
    }

    /// A client on a new device.
    public func client() -> LockKeeperClient {
        LockKeeperClient(engine: FakeClient(world: world))
    }

    /// Has the next call that would reach the server fail with this error, and do nothing. More of them stand in line.
    public func failNext(_ error: LockKeeperError) {
        world.failNext(error)
    }

    /// From now on every log looks as if it had been changed: reading one throws ``LockKeeper/LockKeeperError/Code/auditTampered``.
    public func tamperWithAudit() {
        world.tamperWithAudit()
    }
}
