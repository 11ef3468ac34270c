import Foundation
internal import LockKeeperBindings

/// One key server: where it is, what it calls itself, and what it must prove. It is checked when it is made, which does no I/O.
public struct ServerConfig: Sendable {
    let core: FfiServerConfig

    /// Reads the JSON object that `lock-keeper-server dev` writes as `connect.json`, up to 64 KiB.
    ///
    /// - Throws: ``LockKeeperError`` with ``LockKeeperError/Code/configInvalid``, naming the field.
    public init(connectJSON: Data, proxy: ProxyPolicy = .system) throws {
        core = try throwingOurs { try FfiServerConfig.fromConnectJson(json: connectJSON, proxy: proxy.core) }
    }

    /// Takes a configuration as the provider gives it.
    ///
    /// - Parameters:
    ///   - url: `https://host` or `https://host:port`, with nothing behind it.
    ///   - realm: what the server calls itself in the protocol, 1 to 253 visible ASCII characters.
    ///   - serverPublicKeys: the OPAQUE public keys that are accepted, 1 to 8 of 32 bytes each.
    ///   - trust: whose certificates are trusted.
    ///   - proxy: which way calls take to the network.
    /// - Throws: ``LockKeeperError`` with ``LockKeeperError/Code/configInvalid``, naming the field.
    public init(
        url: URL, realm: String, serverPublicKeys: [Data], trust: Trust, proxy: ProxyPolicy = .system
    ) throws {
        core = try throwingOurs {
            try FfiServerConfig(
                url: url.absoluteString, realm: realm, serverPublicKeys: serverPublicKeys,
                trust: FfiTrust(privateCas: trust.privateCAs, spkiPins: trust.pins), proxy: proxy.core)
        }
    }

    /// Where the server is.
    public var url: String { core.url() }

    /// What the server calls itself in the protocol.
    public var realm: String { core.realm() }
}

/// Whose certificates are trusted, and which keys are pinned.
public struct Trust: Sendable, Hashable {
    let privateCAs: [Data]?
    let pins: [Data]

    /// These certificate authorities and no others: 1 to 32 X.509 certificates in DER. This is what a key server of your own needs.
    public static func privateCAs(_ der: [Data]) -> Trust {
        Trust(privateCAs: der, pins: [])
    }

    /// The certificate authorities of the operating system.
    public static let platform = Trust(privateCAs: nil, pins: [])

    /// The same trust, but the server's own certificate must have one of these keys too.
    ///
    /// - Parameter spkiSHA256: SHA-256 hashes of a SubjectPublicKeyInfo in DER (RFC 7469, section 2.4), 32 bytes each, 2 to 32 of
    ///   them. With a single pin a lost key would lock every app out, so there are at least two.
    public func pinning(spkiSHA256: [Data]) -> Trust {
        Trust(privateCAs: privateCAs, pins: spkiSHA256)
    }
}

/// Which way calls take to the network. TLS goes through a proxy end to end.
public enum ProxyPolicy: Sendable, Hashable {
    /// The proxy of the environment variables `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, but not for the hosts in `NO_PROXY`.
    /// A proxy in the settings of the device is not read.
    case system
    /// Straight to the server.
    case none

    var core: FfiProxyPolicy {
        switch self {
        case .system: .system
        case .none: .none
        }
    }
}
