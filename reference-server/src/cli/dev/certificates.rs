//! A throwaway certificate authority, and the certificate that it gives the server.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use super::super::failure::Failure;

const DAY: Duration = Duration::from_secs(86_400);
/// Apple's platforms take no server certificate that is valid for more than 825 days.
const LIFETIME_DAYS: u32 = 397;

/// A certificate authority whose key lies beside the database: for development only.
pub(super) struct Authority {
    key: KeyPair,
    pem: String,
}

impl Authority {
    /// Opens the authority in `directory`, or makes one.
    pub(super) fn open(directory: &Path) -> Result<Self, Failure> {
        let (key_file, certificate_file) = (directory.join("ca-key.pem"), directory.join("ca.pem"));
        if key_file.exists() && certificate_file.exists() {
            let key = zeroize::Zeroizing::new(fs::read_to_string(&key_file).map_err(failed)?);
            return Ok(Self {
                key: KeyPair::from_pem(&key).map_err(failed)?,
                pem: fs::read_to_string(&certificate_file).map_err(failed)?,
            });
        }
        let key = KeyPair::generate().map_err(failed)?;
        let pem = params().self_signed(&key).map_err(failed)?.pem();
        write(&key_file, &key.serialize_pem(), 0o600)?;
        write(&certificate_file, &pem, 0o644)?;
        Ok(Self { key, pem })
    }

    /// Its certificate, which clients trust.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes a fresh certificate for this machine, and for `addresses` in the local network.
    pub(super) fn certify(
        &self,
        addresses: &[IpAddr],
        certificate_file: &Path,
        key_file: &Path,
    ) -> Result<(), Failure> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into_iter();
        let names = names.chain(addresses.iter().map(IpAddr::to_string));
        let mut params = CertificateParams::new(names.collect::<Vec<_>>()).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, "Lock Keeper development server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let now = date_time_ymd(1970, 1, 1) + UNIX_EPOCH.elapsed().map_err(failed)?;
        params.not_before = now - DAY;
        params.not_after = now + DAY * LIFETIME_DAYS;
        let key = KeyPair::generate().map_err(failed)?;
        let issuer = Issuer::new(self::params(), &self.key);
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        write(key_file, &key.serialize_pem(), 0o600)?;
        write(certificate_file, &certificate.pem(), 0o644)
    }
}

/// The authority's own parameters: always the same, so that its key is all that has to be kept to issue again.
fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Lock Keeper development CA");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::running("the certificate authority", error)
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::running(&path.display().to_string(), error);
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().set_permissions(fs::Permissions::from_mode(mode)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
