//! A throwaway certificate authority, and a certificate for this machine under it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;

/// What a server shows and what a client trusts.
pub struct Certificate {
    /// The authority's own certificate.
    pub ca: CertificateDer<'static>,
    /// The same in PEM.
    pub ca_pem: String,
    /// The file with the server's certificate.
    pub certificate_file: PathBuf,
    /// The file with its key.
    pub key_file: PathBuf,
}

impl Certificate {
    /// Makes both in `dir`.
    ///
    /// # Panics
    /// Where `dir` can't be written.
    #[must_use]
    pub fn make(dir: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("there is no name to be wrong");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.distinguished_name.push(DnType::CommonName, "Lock Keeper test CA");
        let ca_key = KeyPair::generate().expect("keys can be made");
        let ca = params.self_signed(&ca_key).expect("the authority can sign itself");
        let issuer = Issuer::new(params, ca_key);

        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let params = CertificateParams::new(names).expect("the names are good");
        let key = KeyPair::generate().expect("keys can be made");
        let certificate = params.signed_by(&key, &issuer).expect("the authority can sign");

        let (certificate_file, key_file) = (dir.join("certificate.pem"), dir.join("key.pem"));
        write(&certificate_file, &certificate.pem());
        write(&key_file, &key.serialize_pem());
        Self { ca: ca.der().clone(), ca_pem: ca.pem(), certificate_file, key_file }
    }
}

fn write(path: &Path, pem: &str) {
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).expect("the directory is new");
    file.write_all(pem.as_bytes()).expect("the directory can be written");
}
