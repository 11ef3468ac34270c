import Foundation
import LockKeeper

/// A real key server over TLS, in a process of its own. It goes with the value.
final class KeyServer: @unchecked Sendable {
    /// How a client reaches it.
    let config: ServerConfig
    /// Its address, name, keys and certificate authority, as `connect.json` has them.
    let connect: Connect
    /// Where database, keys and certificates are.
    let data: URL
    private let start: @Sendable (_ port: Int) async throws -> ServerProcess
    private let lock = NSLock()
    private var current: ServerProcess

    /// Starts one with the embedded database, on data of its own.
    convenience init(_ arguments: String..., address: String = "127.0.0.1") async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("lock-keeper-\(UUID())")
        let start = { @Sendable (port: Int) in
            let listen = ["dev", "--json", "--data", data.path, "--listen", "\(address):\(port)"]
            return try await ServerProcess.start(listen + arguments, readiness: "{")
        }
        let process = try await start(0)
        let connect = try JSONDecoder().decode(Connect.self, from: Data(process.ready.utf8))
        try self.init(connect, data: data, process: process, start: start)
    }

    init(
        _ connect: Connect, data: URL, process: ServerProcess,
        start: @escaping @Sendable (Int) async throws -> ServerProcess
    ) throws {
        config = try connect.config()
        self.connect = connect
        self.data = data
        self.start = start
        current = process
    }

    deinit {
        current.kill()
        try? FileManager.default.removeItem(at: data)
    }

    /// The process that serves now.
    var process: ServerProcess { lock.withLock { current } }

    /// Starts it again after it was killed, at the same address and on the same data.
    func restart() async throws {
        guard let port = URL(string: connect.url)?.port else { throw Trouble("the address has no port") }
        let process = try await start(port)
        lock.withLock { current = process }
    }

    /// Its own, but for the port.
    func config(at port: Int) throws -> ServerConfig {
        var elsewhere = connect
        elsewhere.url = "https://localhost:\(port)"
        return try elsewhere.config()
    }

    /// A new device that knows this server.
    func device(_ store: any LocalStore = MemoryStore()) -> LockKeeperClient {
        LockKeeperClient(config, store: store)
    }
}

/// What `connect.json` has.
struct Connect: Codable, Sendable {
    var url: String
    var realm: String
    var serverPublicKeys: [String]
    var certificateAuthority: String

    enum CodingKeys: String, CodingKey {
        case url, realm
        case serverPublicKeys = "server_public_keys"
        case certificateAuthority = "ca_pem"
    }

    func config() throws -> ServerConfig {
        try ServerConfig(connectJSON: JSONEncoder().encode(self), proxy: .none)
    }

    /// The certificate authority in DER.
    func der() throws -> Data {
        let lines = certificateAuthority.split(separator: "\n").filter { !$0.hasPrefix("-") }
        guard let der = Data(base64Encoded: lines.joined()) else { throw Trouble("the certificate is not PEM") }
        return der
    }
}
