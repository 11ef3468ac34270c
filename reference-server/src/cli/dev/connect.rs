//! `connect.json`: all that an app needs to know to find and trust this server. There is no secret in it.

use std::net::IpAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;

use super::super::failure::Failure;
use super::super::{DevOptions, say};
use super::certificates::write;

/// The object in `connect.json`.
#[derive(Serialize)]
pub(super) struct Connect {
    url: String,
    realm: String,
    /// In base64url without padding, 32 bytes each.
    server_public_keys: Vec<String>,
    ca_pem: String,
}

impl Connect {
    pub(super) fn new(url: &str, realm: &str, public_key: &[u8; 32], ca_pem: &str) -> Self {
        Self {
            url: url.to_owned(),
            realm: realm.to_owned(),
            server_public_keys: vec![URL_SAFE_NO_PAD.encode(public_key)],
            ca_pem: ca_pem.to_owned(),
        }
    }

    /// Writes the file at once and whole: whoever sees it can connect.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        write(path, &(self.line()? + "\n"), 0o644)
    }

    /// Tells the person at the terminal, or the script, how to connect.
    pub(super) fn show(&self, path: &Path, options: &DevOptions) -> Result<(), Failure> {
        let line = self.line()?;
        if options.json {
            return say(line);
        }
        if options.phone {
            // Light on dark is what a terminal shows; a QR code is read when its quiet zone is light.
            let code = QrCode::with_error_correction_level(&line, EcLevel::L)
                .map_err(|error| Failure::running("the QR code", error))?;
            say(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())?;
        }
        let shown = path.display();
        say(format_args!(
            "\nThe key server is ready at {url}\n\n\
             In a terminal:  lock-keeper --connect {shown} --state ./alice register alice\n\
             In Rust:        ServerConfig::from_connect_json(&std::fs::read_to_string(\"{shown}\")?)?\n\
             In Swift:       try ServerConfig(connectJSON: Data(#\"…\"#.utf8))\n\
             In Kotlin:      ServerConfig.fromConnectJson(\"\"\"…\"\"\")\n\n\
             Paste this for the dots ({shown}):\n\n{line}\n\n\
             For development only: the CA's key is on this disk. {kept} Stop with Ctrl-C.",
            url = self.url,
            kept = match &options.data {
                Some(_) => "Start again with the same --data to go on.",
                None => "Everything is gone when it stops; --data DIR keeps it.",
            },
        ))
    }

    fn line(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|error| Failure::running("connect.json", error))
    }
}

/// The addresses of this machine in its local networks, the one that leads outwards first.
pub(super) fn network_addresses() -> Result<Vec<IpAddr>, Failure> {
    let mut addresses: Vec<IpAddr> = local_ip_address::local_ip().into_iter().collect();
    let others = local_ip_address::list_afinet_netifas().map_err(|error| Failure::running("the network", error))?;
    for (_, address) in others {
        let usable = match address {
            IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
            // The server listens on IPv4 alone there.
            IpAddr::V6(_) => false,
        };
        if usable && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    match addresses.is_empty() {
        true => Err(Failure::Running("this machine is in no network, so no phone can reach it".to_owned())),
        false => Ok(addresses),
    }
}
