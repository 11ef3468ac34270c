//! The throwaway certificate authority of `dev`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::dev::write_private;
use super::failure::Failure;

/// Where `dev` keeps its certificates.
pub(super) struct Authority {
    /// The authority's certificate, which clients trust.
    pub(super) ca_pem: String,
    pub(super) certificate_file: PathBuf,
    pub(super) key_file: PathBuf,
}

impl Authority {
    /// Reads the authority from `directory` or makes it, and issues a certificate for `localhost`, the loopback addresses and
    /// `addresses`.
    pub(super) fn load_or_create(directory: &Path, addresses: &[IpAddr]) -> Result<Self, Failure> {
        let (ca_file, ca_key_file) = (directory.join("ca.pem"), directory.join("ca-key.pem"));
        if !ca_key_file.exists() {
            let (certificate, key) = make_authority().map_err(failed)?;
            write_private(&ca_file, certificate.as_bytes())?;
            // Last, so that a start that was cut short makes both anew.
            write_private(&ca_key_file, key.as_bytes())?;
        }
        let ca_pem = read(&ca_file)?;
        let ca_key = KeyPair::from_pem(&read(&ca_key_file)?).map_err(failed)?;
        let issuer = Issuer::new(authority_params(), ca_key);
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = server_params(addresses).map_err(failed)?.signed_by(&key, &issuer).map_err(failed)?;
        let (certificate_file, key_file) = (directory.join("server.pem"), directory.join("server-key.pem"));
        write_private(&certificate_file, certificate.pem().as_bytes())?;
        write_private(&key_file, key.serialize_pem().as_bytes())?;
        Ok(Self { ca_pem, certificate_file, key_file })
    }
}

fn make_authority() -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok((authority_params().self_signed(&key)?.pem(), key.serialize_pem()))
}

/// The same each time, so that the key alone is enough to issue with.
fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("Lock Keeper dev, a throwaway authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(addresses: &[IpAddr]) -> Result<CertificateParams, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(addresses.iter().map(IpAddr::to_string));
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = name("Lock Keeper dev");
    Ok(params)
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::while_doing(&format!("reading {}", path.display()), error))
}

fn failed(error: rcgen::Error) -> Failure {
    Failure::while_doing("making a certificate", error)
}
