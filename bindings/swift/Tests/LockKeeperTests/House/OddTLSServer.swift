import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Speaks TLS with a key server's certificate, or one that its authority has made, and answers with a fixed text: `openssl s_server`.
final class OddTLSServer: @unchecked Sendable {
    let port: Int
    private let process: Process
    private let input: Pipe

    private init(process: Process, input: Pipe, port: Int) {
        self.process = process
        self.input = input
        self.port = port
    }

    deinit {
        process.terminate()
    }

    /// Starts one in the name of a key server. `arguments` are those of s_server besides the certificate's.
    static func start(
        as server: KeyServer, certificate: URL? = nil, _ arguments: [String] = ["-tls1_3"], answer: String = ""
    ) async throws -> OddTLSServer {
        let certificate = certificate ?? server.data.appendingPathComponent("certificate.pem")
        let key = server.data.appendingPathComponent("key.pem")
        return try await blocking {
            let (input, output) = (Pipe(), Pipe())
            let listen = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate.path, "-key", key.path]
            let process = try openssl(listen + arguments, input: input, output: output)
            // What is written here is sent to whoever connects.
            input.fileHandleForWriting.write(Data(answer.utf8))
            var said = ""
            while true {
                let more = output.fileHandleForReading.availableData
                guard !more.isEmpty else { throw Trouble("s_server has ended: \(said)") }
                said += String(decoding: more, as: UTF8.self)
                if let port = said.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/)?.1 {
                    return OddTLSServer(process: process, input: input, port: Int(port) ?? 0)
                }
            }
        }
    }

    /// A certificate of this server's authority and key, which has expired.
    static func expiredCertificate(of server: KeyServer) async throws -> URL {
        let file = { @Sendable (name: String) in server.data.appendingPathComponent(name).path }
        return try await blocking {
            let request = try openssl([
                "req", "-new", "-key", file("key.pem"), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-out", file("expired.csr"),
            ])
            request.waitUntilExit()
            let signing = try openssl([
                "x509", "-req", "-in", file("expired.csr"), "-CA", file("ca.pem"), "-CAkey", file("ca-key.pem"),
                "-copy_extensions", "copy", "-not_before", "20200101000000Z", "-not_after", "20200201000000Z", "-out",
                file("expired.pem"),
            ])
            signing.waitUntilExit()
            guard signing.terminationStatus == 0 else { throw Trouble("openssl made no certificate") }
            return server.data.appendingPathComponent("expired.pem")
        }
    }

    private static func openssl(_ arguments: [String], input: Pipe? = nil, output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
