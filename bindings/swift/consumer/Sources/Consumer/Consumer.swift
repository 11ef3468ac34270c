import Foundation
import LockKeeper
import LockKeeperTesting

/// Runs every example of the documents, with the connect.json that is named: the README's against that server, the others against the
/// fake one.
@main
struct Consumer {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { throw Usage() }
        let json = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        let name = "ada-\(UUID().uuidString.lowercased())"
        try await keepASecret(connectJSON: json, name: name, typed: "an example has no secret to keep", store: MemoryStore())

        let server = FakeKeyServer()
        let session = try await server.client().register("ada", Password("correct horse"))
        try await showLog(of: session)
        try await importKey(session)
        try await lookAgain(server.client(), "ada", "correct horse")
        try await keepWhatTheServerCannotRead(session)
        try await storeForCertain(SecretBytes([1, 2, 3]), in: session)
        await unlock(server.client(), "ada", "correct horse")
        try await testAnApp()
        await followLocking(of: session)
        print("consumer: every example has run")
    }

    struct Usage: Error, CustomStringConvertible {
        let description = "usage: Consumer CONNECT_JSON"
    }
}
