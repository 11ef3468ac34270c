//! TLS 1.3 and nothing older; certificates that are replaced while the server serves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use lock_keeper_server::tls::{Certificates, PairError, Reload, provider, read_pair, server_config};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, NamedGroup, ProtocolVersion, ServerConnection, SupportedProtocolVersion, version,
};

/// The two files of a server, and how to replace them.
struct Pair(tempfile::TempDir);

impl Pair {
    fn new() -> Self {
        let pair = Self(tempfile::tempdir().unwrap());
        pair.renew();
        pair
    }

    /// Writes a fresh certificate with its key, and answers the certificate.
    fn renew(&self) -> CertificateDer<'static> {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        self.write("certificate.pem", &certificate.pem(), 0o644);
        self.write("key.pem", &key.serialize_pem(), 0o600);
        certificate.der().clone()
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        // As an administrator's tool does it: a new file takes the old one's place.
        let mut file = tempfile::NamedTempFile::new_in(self.0.path()).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        file.as_file().set_permissions(fs::Permissions::from_mode(mode)).unwrap();
        file.persist(self.path(name)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self) -> Arc<Certificates> {
        Arc::new(Certificates::load(&self.path("certificate.pem"), &self.path("key.pem")).unwrap())
    }
}

/// Takes any certificate: these tests look at what the server offers.
#[derive(Debug)]
struct Curious;

impl rustls::client::danger::ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Shakes hands in memory, with a client that speaks these versions.
fn shake_hands(
    certificates: &Arc<Certificates>,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ClientConnection, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Curious))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.enable_early_data = true;
    let mut client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap())?;
    let mut server = ServerConnection::new(Arc::new(server_config(Arc::clone(certificates))?))?;
    for _ in 0..8 {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        while client.wants_write() {
            client.write_tls(&mut up).unwrap();
        }
        let mut up = up.as_slice();
        while !up.is_empty() {
            server.read_tls(&mut up).unwrap();
            server.process_new_packets()?;
        }
        while server.wants_write() {
            server.write_tls(&mut down).unwrap();
        }
        let mut down = down.as_slice();
        while !down.is_empty() {
            client.read_tls(&mut down).unwrap();
            client.process_new_packets()?;
        }
    }
    assert!(!client.is_handshaking());
    Ok(client)
}

fn shown(certificates: &Arc<Certificates>) -> CertificateDer<'static> {
    let client = shake_hands(certificates, &[&version::TLS13]).unwrap();
    client.peer_certificates().unwrap()[0].clone().into_owned()
}

#[test]
fn a_handshake_is_tls_1_3_with_a_key_exchange_that_a_quantum_computer_does_not_break() {
    let client = shake_hands(&Pair::new().load(), rustls::ALL_VERSIONS).unwrap();
    assert_eq!(client.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(client.negotiated_key_exchange_group().unwrap().name(), NamedGroup::X25519MLKEM768);
    assert_eq!(provider().kx_groups[0].name(), NamedGroup::X25519MLKEM768);
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[test]
fn a_client_that_speaks_tls_1_2_alone_is_turned_away() {
    let refused = shake_hands(&Pair::new().load(), &[&version::TLS12]);
    assert!(matches!(refused, Err(rustls::Error::PeerIncompatible(_))), "{refused:?}");
}

#[test]
fn there_is_no_early_data() {
    let pair = Pair::new();
    assert_eq!(server_config(pair.load()).unwrap().max_early_data_size, 0);
}

#[test]
fn a_new_pair_is_shown_to_the_next_client() {
    let pair = Pair::new();
    let certificates = pair.load();
    let first = shown(&certificates);
    assert!(matches!(certificates.reload_if_changed(), Reload::Unchanged));
    let second = pair.renew();
    assert_eq!(shown(&certificates), first, "nobody has looked yet");
    assert!(matches!(certificates.reload_if_changed(), Reload::Replaced));
    assert_eq!(shown(&certificates), second);
}

#[test]
fn a_new_pair_that_does_not_fit_is_refused_once_and_the_old_one_stays() {
    let pair = Pair::new();
    let certificates = pair.load();
    let first = shown(&certificates);
    let old_key = fs::read_to_string(pair.path("key.pem")).unwrap();
    pair.renew();
    pair.write("key.pem", &old_key, 0o600);
    assert!(matches!(certificates.reload_if_changed(), Reload::Refused(PairError::Key(_))));
    assert!(matches!(certificates.reload_if_changed(), Reload::Unchanged), "it is told once");
    assert!(matches!(certificates.reload(), Reload::Refused(_)), "but again where it is asked for");
    assert_eq!(shown(&certificates), first);
}

#[test]
fn a_new_key_that_everybody_can_read_is_refused() {
    let pair = Pair::new();
    let certificates = pair.load();
    fs::set_permissions(pair.path("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(certificates.reload(), Reload::Refused(PairError::Key(_))));
}

#[test]
fn files_that_hold_no_pair_are_refused_with_the_one_that_is_to_blame() {
    let pair = Pair::new();
    let key = fs::read_to_string(pair.path("key.pem")).unwrap();
    let read = || read_pair(&pair.path("certificate.pem"), &pair.path("key.pem"));
    assert!(read().is_ok());
    pair.write("key.pem", "nonsense", 0o600);
    assert!(matches!(read(), Err(PairError::Key(_))));
    pair.write("key.pem", &key, 0o600);
    pair.write("certificate.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o644);
    assert!(matches!(read(), Err(PairError::Certificate(_))));
    fs::remove_file(pair.path("certificate.pem")).unwrap();
    assert!(matches!(read(), Err(PairError::Certificate(_))));
}
