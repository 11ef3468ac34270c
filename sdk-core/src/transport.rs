//! How bytes get to the key server and back, knowing nothing of what they mean.

mod body;
mod failure;
mod https;
mod tls_connector;

use std::fmt;
use std::time::Duration;

use crate::call::StartedCall;
use crate::error::RequestId;

pub use crate::tls::TlsRefusal;
pub use failure::{Cause, TransportFailure};
pub use https::HttpsTransport;

/// The proxies that a platform has in its settings, and may change while the client is there, as a phone changes networks.
pub trait ProxySettings: Send + Sync {
    /// The proxy of calls to this address, such as `http://proxy.example:3128`; `None` where the settings name none. Asked
    /// before each exchange.
    fn proxy_for(&self, url: &str) -> Option<String>;
}

/// Carries one request to the key server and its answer back.
///
/// An implementation blocks until there is an answer, a failure, or no time left ([`StartedCall::left`]). It follows no
/// redirect, keeps no cookie, and sends no request again: that is for [`crate::retry`] alone. It calls
/// [`StartedCall::begin_sending`] before the body of a request that acts leaves the device, and sends nothing where that
/// says no.
pub trait Transport: Send + Sync {
    /// Sends a request and returns the answer, whatever its status is, except redirects.
    ///
    /// # Errors
    /// [`TransportFailure`], saying why and whether the request may have reached the server.
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure>;

    /// Closes what is kept open for later exchanges. Exchanges under way go on. An app calls it when it is suspended.
    fn drop_connections(&self) {}
}

/// One request of the HTTP binding (docs/protocol.md, HTTP binding).
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The path, such as `/v1/session/start`.
    pub path: &'a str,
    /// What is sent with POST; `None` is a GET.
    pub body: Option<&'a [u8]>,
    /// The media type of the body.
    pub media_type: &'static str,
    /// Bytes of the answer's body at most.
    pub limit: usize,
    /// The server changes something for the person on it. A request that does not act can be given up at any moment.
    pub acts: bool,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("path", &self.path).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// The answer to a [`Request`].
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status: 200 to 299, or 400 and above.
    pub status: u16,
    /// The media type, in lower case and without parameters; empty where there is none.
    pub content_type: String,
    /// `Retry-After`, where it is a number of seconds (RFC 9110, section 10.2.3).
    pub retry_after: Option<Duration>,
    /// `X-Request-Id`, where it has a harmless form.
    pub request_id: Option<RequestId>,
    /// The body, up to the request's limit.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}
