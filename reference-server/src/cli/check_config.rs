//! `check-config`.

use std::path::Path;

use lock_keeper_server::tls::Certificates;

use super::database::load_config;
use super::failure::Failure;
use super::say;

/// Reads the configuration and everything that it points to, except the database.
pub(crate) fn check_config(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let tls = &config.settings.tls;
    let certificates =
        Certificates::load(&tls.certificate_file, &tls.key_file).map_err(|error| Failure::Usage(error.to_string()))?;
    say(format_args!("{}: nothing is wrong with it", file.display()))?;
    if let Some(days) = certificates.expires_at().map(days_from_now) {
        say(format_args!("the certificate expires in {days} days"))?;
    }
    Ok(())
}

fn days_from_now(at: i64) -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    (at - i64::try_from(now).unwrap_or(i64::MAX)).div_euclid(86_400)
}
