//! The address of a key server: `https://host[:port]`, and nothing else.

use ureq::http::Uri;

use super::invalid;
use crate::error::Result;

/// Bytes of an address at most; a host name has at most 253.
const MAX_BYTES: usize = 300;

/// The address without a closing slash.
pub(super) fn origin(url: &str) -> Result<String> {
    if url.len() > MAX_BYTES {
        return Err(invalid("url is longer than 300 bytes"));
    }
    // `Uri` drops a fragment without a word.
    if url.contains('#') {
        return Err(invalid("url must have no fragment"));
    }
    let uri: Uri = url.parse().map_err(|_| invalid("url is not a URL"))?;
    if uri.scheme_str() != Some("https") {
        return Err(invalid("url must begin with https://"));
    }
    if uri.path() != "/" || uri.query().is_some() {
        return Err(invalid("url must have no path and no query"));
    }
    let authority = uri.authority().ok_or_else(|| invalid("url has no host"))?;
    if authority.as_str().contains('@') {
        return Err(invalid("url must have no user name"));
    }
    if authority.host().is_empty() {
        return Err(invalid("url has no host"));
    }
    // `Uri` takes "host:" and "host:99999" as hosts without a port.
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    if !port.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
        return Err(invalid("url has a port that is not 1 to 65535"));
    }
    Ok(format!("https://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_https_origin_is_taken_with_or_without_a_port() {
        for good in ["https://keys.example", "https://keys.example:8443", "https://127.0.0.1:1", "https://[::1]:8443"] {
            assert_eq!(origin(good).as_deref(), Ok(good));
        }
        assert_eq!(origin("https://keys.example/").as_deref(), Ok("https://keys.example"));
    }

    #[test]
    fn anything_else_is_refused_before_there_is_a_request() {
        let cases = [
            ("http://keys.example", "https"),
            ("keys.example", "https"),
            ("ftp://keys.example", "https"),
            ("https://keys.example/v1", "path"),
            ("https://keys.example?a=b", "query"),
            ("https://keys.example/#here", "fragment"),
            ("https://me:secret@keys.example", "user name"),
            ("https://keys.example:", "port"),
            ("https://keys.example:0", "port"),
            ("https://keys.example:99999", "port"),
            ("https://", "URL"),
            ("", "URL"),
            ("https://keys .example", "URL"),
        ];
        for (url, reason) in cases {
            let detail = origin(url).expect_err(url).detail.expect("a detail");
            assert!(detail.starts_with("url") && detail.contains(reason), "{url}: {detail}");
        }
        assert!(origin(&format!("https://{}", "a".repeat(300))).is_err());
    }
}
