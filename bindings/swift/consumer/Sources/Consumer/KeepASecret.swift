import Foundation
import LockKeeper

/// What the README shows.
func keepASecret(connectJSON: Data, name: String, typed: String, store: any LocalStore) async throws {
    // Where the server is, what it calls itself, and which keys it must prove.
    let config = try ServerConfig(connectJSON: connectJSON)
    // In an app the store is a KeychainStore(): no secret is in it, but what tells an honest server from one that was set back.
    let client = LockKeeperClient(config, store: store)

    // The password never leaves this device. Nobody can reset it.
    let session = try await client.register(name, Password(typed))

    // A random secret of 32 bytes. Keep the id first: a retry with it is safe even after the process died.
    let id = session.newSecretID()
    let made = try await session.generate(label: "backup key", id: id)

    // On any device, name and password bring it back.
    let found = try await session.retrieve(id, purpose: .localOnly)
    assert(found.bytes == made.bytes)
    session.lock()
}
