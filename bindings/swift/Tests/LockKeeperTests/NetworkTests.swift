import Foundation
import LockKeeper
import Testing

/// What stands between a device and its server, or stands there instead of it.
@Suite struct Networks {
    @Test func aServerThatIsNotThereIsOffline() async throws {
        let server = try await KeyServer()
        server.process.kill()
        let error = try await failure { try await open(server.config) }
        #expect(error.code == .offline && error.advice == .checkNetwork && !error.mayHaveHappened)
    }

    @Test func aServerThatDoesNotAnswerTimesOut() async throws {
        let server = try await KeyServer()
        try server.process.freeze()
        try await fails(.timedOut) { try await open(server.config, within: .milliseconds(500)) }
    }

    @Test func anotherCertificateAuthorityIsNotTrusted() async throws {
        var connect = try await sharedServer.value.connect
        connect.certificateAuthority = try await KeyServer().connect.certificateAuthority
        let error = try await failure { try await open(connect.config()) }
        #expect(error.code == .serverUntrusted && error.advice == .contactSupport)
        let platform = try await config(trust: .platform)
        try await fails(.serverUntrusted) { try await open(platform) }
    }

    @Test func aCertificateOfAnotherHostIsRefused() async throws {
        let server = try await KeyServer(address: "0.0.0.0")
        var connect = server.connect
        connect.url = connect.url.replacingOccurrences(of: "localhost", with: "127.0.0.2")
        try await fails(.wrongHost) { try await open(connect.config()) }
    }

    @Test func aPinThatDoesNotFitIsToldApart() async throws {
        let pins = [Data(repeating: 1, count: 32), Data(repeating: 2, count: 32)]
        let authority = try await sharedServer.value.connect.der()
        let pinned = try await config(trust: .privateCAs([authority]).pinning(spkiSHA256: pins))
        try await fails(.pinMismatch) { try await open(pinned) }
        let unpinned = try await config(trust: .privateCAs([authority]))
        try await fails(.wrongNameOrPassword) { try await open(unpinned) }
    }

    @Test func aServerWithAnotherOpaqueKeyIsNotTheOne() async throws {
        var connect = try await sharedServer.value.connect
        connect.serverPublicKeys = try await KeyServer().connect.serverPublicKeys
        let stranger = LockKeeperClient(try connect.config(), store: MemoryStore())
        let error = try await failure {
            try await stranger.register(freshName(), rightPassword, options: patient)
        }
        #expect(error.code == .serverIdentityChanged && error.advice == .contactSupport)
    }

    @Test func whatDoesNotSpeakTLSIsToldApart() async throws {
        let port = try OddListener(answer: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").port
        var connect = try await sharedServer.value.connect
        connect.url = "https://localhost:\(port)"
        try await fails(.notTLS) { try await open(connect.config()) }
    }

    @Test func aServerWithoutTLS13IsRefused() async throws {
        let server = try await KeyServer()
        let old = try await OddTLSServer.start(as: server, ["-tls1_2"])
        let error = try await failure { try await open(server.config(at: old.port)) }
        #expect(error.code == .tlsTooOld && error.advice == .contactSupport)
    }

    @Test func aCertificateThatHasExpiredIsAMatterOfTheClockFirst() async throws {
        let server = try await KeyServer()
        let expired = try await OddTLSServer.start(
            as: server, certificate: OddTLSServer.expiredCertificate(of: server))
        let error = try await failure { try await open(server.config(at: expired.port)) }
        #expect(error.code == .certificateNotValidNow && error.advice == .checkClock)
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let elsewhere = "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://localhost:1/\r\nContent-Length: 0\r\n\r\n"
        let error = try await errorOfALogin(answeredBy: elsewhere)
        #expect(error.code == .redirected)
    }

    @Test func aServerThatIsBusySaysForHowLong() async throws {
        // Of a wait this long the app decides: after a shorter one the call tries again by itself.
        let error = try await errorOfALogin(answeredBy: problem(503, "busy", headers: "Retry-After: 60\r\n"))
        #expect(error.code == .serverBusy && error.advice == .wait && error.retryAfter == .seconds(60))
        #expect(error.requestID == "0123456789abcdef")
    }

    @Test func aCallThatWaitsBeforeItTriesAgainEndsAtOnceWhenItIsCancelled() async throws {
        let server = try await KeyServer()
        let odd = try await OddTLSServer.start(as: server, answer: problem(503, "busy", headers: "Retry-After: 10\r\n"))
        let client = LockKeeperClient(try server.config(at: odd.port), store: MemoryStore())
        let (beforeTheWait, wait) = AsyncStream<Void>.makeStream()
        let call = Task {
            defer { wait.finish() }
            return try await client.openSession(freshName(), rightPassword, options: patient) {
                if $0 == .waiting(attempt: 1) { wait.finish() }
            }
        }
        for await _ in beforeTheWait {}
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }

    @Test func aServerThatNoLongerSpeaksThisVersionAsksForAnUpdate() async throws {
        let error = try await errorOfALogin(answeredBy: problem(404, "version-unsupported"))
        #expect(error.code == .versionUnsupported && error.advice == .updateApp)
    }

    @Test func anAnswerThatIsNoneOfTheProtocolsIsADefect() async throws {
        let error = try await errorOfALogin(answeredBy: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        #expect(error.code == .protocolViolation && error.advice == .bug)
    }

    @Test func aProxyThatRefusesIsToldApartFromANetworkThatIsDown() async throws {
        let proxy = try OddListener(answer: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        // Every other test goes straight to its server.
        setenv("ALL_PROXY", "http://127.0.0.1:\(proxy.port)", 1)
        let json = try JSONEncoder().encode(try await sharedServer.value.connect)
        let error = try await failure { try await open(ServerConfig(connectJSON: json, proxy: .system)) }
        #expect(error.code == .proxyRefused && error.advice == .checkNetwork)
    }

    @Test func aConfigurationThatIsNoneNamesTheField() async throws {
        #expect(throws: LockKeeperError.self) { try ServerConfig(connectJSON: Data("{".utf8)) }
        let error = try await failure {
            try ServerConfig(
                url: URL(string: "http://keys.example")!, realm: "example", serverPublicKeys: [Data(count: 32)],
                trust: .platform)
        }
        #expect(error.code == .configInvalid)
        let detail = try #require(error.detail)
        #expect(detail.contains("url"))
        try await fails(.configInvalid) { try await config(trust: .platform.pinning(spkiSHA256: [Data(count: 31)])) }
        try await fails(.configInvalid) { try await config(trust: .privateCAs([])) }
    }

    @Test func aConfigurationSaysWhereItLeads() throws {
        let config = try ServerConfig(
            url: URL(string: "https://keys.example:8443")!, realm: "example", serverPublicKeys: [Data(count: 32)],
            trust: .platform)
        #expect(config.url == "https://keys.example:8443")
        #expect(config.realm == "example")
    }

    private func open(_ config: ServerConfig, within deadline: Duration = .seconds(120)) async throws -> Session {
        var options = patient
        options.deadline = deadline
        return try await LockKeeperClient(config, store: MemoryStore())
            .openSession(freshName(), rightPassword, options: options)
    }

    /// How a login ends where a server has this one answer to everything.
    private func errorOfALogin(answeredBy answer: String) async throws -> LockKeeperError {
        let server = try await KeyServer()
        let odd = try await OddTLSServer.start(as: server, answer: answer)
        return try await failure { try await open(server.config(at: odd.port)) }
    }

    /// A problem document as docs/protocol.md has it, in section 1.3.
    private func problem(_ status: Int, _ code: String, headers: String = "") -> String {
        let document = #"{"type":"urn:lock-keeper:problem:\#(code)","title":"No.","status":\#(status),"code":"\#(code)"}"#
        return "HTTP/1.1 \(status) No\r\n\(headers)X-Request-Id: 0123456789abcdef\r\n"
            + "Content-Type: application/problem+json\r\nContent-Length: \(document.utf8.count)\r\n\r\n\(document)"
    }

    /// The shared server's, with other trust.
    private func config(trust: Trust) async throws -> ServerConfig {
        let connect = try await sharedServer.value.connect
        let keys = connect.serverPublicKeys.compactMap {
            Data(base64Encoded: $0.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/") + "=")
        }
        guard let url = URL(string: connect.url) else { throw Trouble("the address is none") }
        return try ServerConfig(url: url, realm: connect.realm, serverPublicKeys: keys, trust: trust, proxy: .none)
    }
}
