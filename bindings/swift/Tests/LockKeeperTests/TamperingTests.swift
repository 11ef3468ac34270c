import Foundation
import LockKeeper
import Testing

/// What is noticed when somebody changes the server's database.
@Suite struct Tampering {
    @Test(arguments: Engine.allUnderTest)
    func aLogThatTheServerHasChangedIsNotShown(engine: Engine) async throws {
        let server = try await engine.server()
        let name = freshName()
        let session = try await server.device().register(name, rightPassword, options: patient)
        let id = try await session.generate().info.id
        session.lock()
        // The log ends with another sum from now on.
        try await change(server, engine, "account_head", set: "chain", of: id)
        let other = try await server.device().openSession(name, rightPassword, options: patient)
        let shown = Recorder<AuditEntry>()
        let error = try await failure { for try await entry in other.audit() { shown.add(entry) } }
        #expect(error.code == .auditTampered && error.advice == .contactSupport)
        #expect(shown.all.isEmpty)
    }

    @Test(arguments: Engine.allUnderTest)
    func aSecretThatWasChangedBehindTheServersBackIsNotHandedOutAndNobodyIsToldToWait(engine: Engine) async throws {
        let server = try await engine.server()
        let session = try await server.device().register(freshName(), rightPassword, options: patient)
        let id = try await session.generate().info.id
        try await change(server, engine, "secret", set: "sealed_secret", of: id)
        let error = try await failure { try await session.retrieve(id) }
        #expect(error.code == .serverFailed && error.advice == .contactSupport)
        #expect(error.requestID != nil, "the provider finds it in the log")
    }

    /// Other accounts may be in the database: this one is told by its secret.
    private func change(_ server: KeyServer, _ engine: Engine, _ table: String, set column: String, of id: SecretID) async throws {
        let other = engine.literal(hexadecimal: String(repeating: "5a", count: 32))
        let account = "SELECT account_key FROM secret WHERE secret = \(engine.literal(hexadecimal: "\(id)"))"
        try await engine.change(server, "UPDATE \(table) SET \(column) = \(other) WHERE account_key = (\(account))")
    }
}
