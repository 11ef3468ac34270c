package io.lockkeeper

/**
 * One key server: where it is, what it calls itself, and how it proves that. Making one checks nothing and loads nothing;
 * [LockKeeperClient.checkConfig] does, or else the first call, which then fails with [Code.CONFIG_INVALID].
 */
public class ServerConfig private constructor(
    internal val source: Source,
    internal val proxy: ProxyPolicy,
) {
    /**
     * Takes a configuration as the provider gives it.
     *
     * @param url `https://host` or `https://host:port`, with nothing behind it
     * @param realm the server's name in the protocol
     * @param serverPublicKeys the OPAQUE keys that are accepted, 1 to 8 of 32 bytes each
     * @param trust whose certificates are trusted
     * @param proxy which way calls take to the network
     */
    @JvmOverloads
    public constructor(
        url: String,
        realm: String,
        serverPublicKeys: List<ByteArray>,
        trust: Trust = Trust.Platform,
        proxy: ProxyPolicy = ProxyPolicy.SYSTEM,
    ) : this(Source.Fields(url, realm, serverPublicKeys.map { it.copyOf() }, trust), proxy)

    /** What the native library makes its own configuration of. */
    internal sealed interface Source {
        class Fields(
            val url: String,
            val realm: String,
            val serverPublicKeys: List<ByteArray>,
            val trust: Trust,
        ) : Source

        class ConnectJson(
            val utf8: ByteArray,
        ) : Source
    }

    /** Reads configurations. */
    public companion object {
        /**
         * Takes the JSON object that `lock-keeper-server dev` writes as `connect.json`, up to 64 KiB: `url`, `realm`,
         * `server_public_keys` and `ca_pem`. Without `ca_pem` the platform's certificate authorities are trusted.
         */
        @JvmStatic
        @JvmOverloads
        public fun fromConnectJson(
            json: String,
            proxy: ProxyPolicy = ProxyPolicy.SYSTEM,
        ): ServerConfig = ServerConfig(Source.ConnectJson(json.toByteArray()), proxy)
    }
}

/** Which way calls take to the network. TLS goes through a proxy end to end. */
public enum class ProxyPolicy {
    /**
     * The HTTP proxy that the default `java.net.ProxySelector` names: on Android that of the network's settings, on the JVM that of
     * `https.proxyHost` and its like. It is asked before each exchange, so a phone may change networks. Where it names none, the proxy
     * of the environment: `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, but not for the hosts in `NO_PROXY`. A proxy that speaks SOCKS alone
     * is refused with [Code.PROXY_REFUSED].
     */
    SYSTEM,

    /** Straight to the server. */
    NONE,
}

/**
 * Whose certificates are trusted. TLS is the library's own: an app's network security configuration and the certificate authorities
 * that an enterprise put on the device do not apply, unless [Platform] is chosen, and then its `base-config` alone does.
 */
public class Trust private constructor(
    internal val privateCas: List<ByteArray>?,
    internal val spkiPins: List<ByteArray>,
) {
    /**
     * The same trust, and besides one of these keys must be in the chain.
     *
     * @param spkiSha256 SHA-256 hashes of a SubjectPublicKeyInfo in DER, 32 bytes each, 2 to 32 of them: one to go on with
     */
    public fun pinning(spkiSha256: List<ByteArray>): Trust = Trust(privateCas, spkiSha256.map { it.copyOf() })

    /** Makes trusts. */
    public companion object {
        /**
         * The certificate authorities of the operating system. On Android those that the app's default `X509TrustManager` accepts, as
         * the `base-config` of its network security configuration says; what that says for single domains, and its pins, do not
         * apply. They are read with the first call, and then stay for the client.
         */
        @JvmField
        public val Platform: Trust = Trust(null, emptyList())

        /**
         * These certificate authorities and no others.
         *
         * @param der 1 to 32 certificates in DER
         */
        @JvmStatic
        public fun privateCas(der: List<ByteArray>): Trust = Trust(der.map { it.copyOf() }, emptyList())
    }
}
