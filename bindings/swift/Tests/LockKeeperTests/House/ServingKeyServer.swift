import Foundation
import LockKeeper

extension KeyServer {
    /// Starts one as an operator does, with `serve`, over the database that test.sh has made.
    static func onPostgres() async throws -> KeyServer {
        guard let postgresURL else { throw Trouble("test.sh was given no cluster") }
        return try await serving(try await postgresHome.value, database: postgresURL, settings: [:])
    }

    /// Starts one with `serve`, over an embedded database of its own, with settings of the operator's.
    static func serving(settings: [String: String]) async throws -> KeyServer {
        let home = try await Home()
        try await home.migrate(database: home.embeddedDatabase)
        return try await serving(home, database: home.embeddedDatabase, settings: settings)
    }

    private static func serving(
        _ home: Home, database: String, settings: [String: String]
    ) async throws -> KeyServer {
        let start = { @Sendable (port: Int) in
            let environment = home.environment(database: database, port: port).merging(settings) { $1 }
            return try await ServerProcess.start(
                ["serve", "--config", home.config.path], environment: environment, readiness: "\"serving\"")
        }
        let process = try await start(0)
        var connect = home.connect
        connect.url = try "https://localhost:\(port(in: process.ready))"
        connect.serverPublicKeys = [try await publicKey(of: connect)]
        return try KeyServer(connect, data: home.data.appendingPathComponent(UUID().uuidString), process: process, start: start)
    }

    private static func port(in line: String) throws -> Int {
        let parts = line.components(separatedBy: "127.0.0.1:")
        guard parts.count > 1, let port = Int(parts[1].prefix { $0.isNumber }) else { throw Trouble(line) }
        return port
    }

    /// Asks the server for its OPAQUE public key. In its answer (docs/protocol.md, section 4) that is the only text of 32 bytes.
    private static func publicKey(of connect: Connect) async throws -> String {
        let authority = FileManager.default.temporaryDirectory.appendingPathComponent("lock-keeper-\(UUID()).pem")
        try Data(connect.certificateAuthority.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }
        let host = connect.url.replacingOccurrences(of: "https://", with: "")
        let answer = try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = ["s_client", "-quiet", "-verify_return_error", "-CAfile", authority.path, "-connect", host]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            input.fileHandleForWriting.write(Data("GET /v1/server HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8))
            return output.fileHandleForReading.readDataToEndOfFile()
        }
        guard let start = answer.firstRange(of: Data([0x58, 0x20]))?.upperBound, answer.count >= start + 32 else {
            throw Trouble("no public key in \(String(decoding: answer, as: UTF8.self))")
        }
        return answer[start..<start + 32].base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}

/// What `serve` needs on its disk: certificates and a key-encryption key, as a server for development has made them.
private final class Home: Sendable {
    let data: URL
    let connect: Connect
    let config: URL

    init() async throws {
        let made = try await KeyServer()
        made.process.kill()
        data = FileManager.default.temporaryDirectory.appendingPathComponent("lock-keeper-home-\(UUID())")
        try FileManager.default.copyItem(at: made.data, to: data)
        connect = made.connect
        config = data.appendingPathComponent("config.toml")
        let text = """
            [server]
            realm = "\(connect.realm)"
            stop_grace = "0s"
            [tls]
            certificate_file = "\(data.path)/certificate.pem"
            key_file = "\(data.path)/key.pem"
            [keys]
            active = "dev"
            key_encryption_keys = [{ id = "dev", file = "\(data.path)/kek" }]
            [database]
            [operations]
            listen = "127.0.0.1:0"
            """
        try Data(text.utf8).write(to: config)
    }

    deinit {
        try? FileManager.default.removeItem(at: data)
    }

    var embeddedDatabase: String { "sqlite:\(data.path)/lock-keeper.sqlite" }

    func environment(database: String, port: Int) -> [String: String] {
        ["LOCK_KEEPER_DATABASE_URL": database, "LOCK_KEEPER_SERVER_LISTEN": "127.0.0.1:\(port)"]
    }

    func migrate(database: String) async throws {
        try await ServerProcess.run(
            ["migrate", "--config", config.path], environment: environment(database: database, port: 0))
    }
}

/// The database is one for all tests, so its keys are made once.
private let postgresHome = Task {
    guard let postgresURL else { throw Trouble("test.sh was given no cluster") }
    let home = try await Home()
    try await home.migrate(database: postgresURL)
    return home
}
