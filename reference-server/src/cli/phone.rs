//! What `dev --phone` adds: the machine's addresses in the local network, and a code to scan.

use std::net::IpAddr;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::failure::Failure;

/// The machine's addresses that a phone in the same network can reach.
pub(super) fn addresses() -> Result<Vec<IpAddr>, Failure> {
    let interfaces = local_ip_address::list_afinet_netifas()
        .map_err(|error| Failure::while_doing("listing this machine's addresses", error))?;
    let mut addresses: Vec<IpAddr> =
        interfaces.into_iter().map(|(_, address)| address).filter(|address| reachable(*address)).collect();
    addresses.sort();
    addresses.dedup();
    Ok(addresses)
}

/// A phone needs a scope for an IPv6 address of the link alone, so those are of no use to it.
fn reachable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

/// A text as a code that a phone can scan from a terminal.
pub(super) fn code(text: &str) -> Result<String, Failure> {
    let code = QrCode::new(text).map_err(|error| Failure::while_doing("drawing the code", error))?;
    Ok(code.render::<Dense1x2>().quiet_zone(true).build())
}
