import Foundation
import LockKeeper

/// The server of all tests that do nothing to it.
let sharedServer = Task { try await KeyServer() }

extension LockKeeperClient {
    /// A new device that knows the shared server.
    static func device(_ store: any LocalStore = MemoryStore()) async throws -> LockKeeperClient {
        LockKeeperClient(try await sharedServer.value.config, store: store)
    }
}

/// A name that nobody else uses.
func freshName() -> String { "ada-\(UUID().uuidString.lowercased())" }

/// The password of every account whose test has no need of another one.
var rightPassword: Password { Password("correct horse battery staple") }

/// Enough time for a machine that is busy with other tests.
let patient = SessionOptions(lockAfterIdle: nil, lockInBackgroundAfter: nil, deadline: .seconds(120))
