//! HTTP/1.1 over TLS 1.3, with ureq (docs/protocol.md, HTTP binding).

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use ureq::config::AutoHeaderValue;
use ureq::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use ureq::http::{HeaderMap, Response};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};
use ureq::{Agent, Body, Proxy, ProxyProtocol, SendBody};

use super::body::GuardedBody;
use super::tls_connector::TlsConnector;
use super::{Cause, ProxySettings, Reply, Request, Transport, TransportFailure};
use crate::call::StartedCall;
use crate::config::{ProxyPolicy, ServerConfig, Trust};
use crate::error::RequestId;
use crate::tls;

/// What the client takes: messages, and problem documents (RFC 9457).
const ACCEPTED: &str = "application/cbor, application/vnd.lock-keeper.frame, application/problem+json";
/// Bytes of an answer's head at most.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// Bytes that ureq buffers in each direction; more than a head, else a large one would look like a broken connection.
const BUFFER_BYTES: usize = 16 * 1024;
/// How long an unused connection is kept; servers and phone networks drop them about then.
const MAX_IDLE: Duration = Duration::from_secs(15);
/// How many unused connections are kept.
const MAX_IDLE_CONNECTIONS: usize = 4;
/// How long a name may be looked up and a connection be made, so that one dead address leaves time for another attempt.
const MAX_CONNECT: Duration = Duration::from_secs(10);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The transport of a real client: HTTPS to one server.
pub struct HttpsTransport {
    origin: String,
    trust: Trust,
    proxy: ProxyPolicy,
    proxy_settings: Option<Arc<dyn ProxySettings>>,
    connections: Mutex<Connections>,
}

/// Both are made with the first exchange, since they read the environment and the platform's certificates.
#[derive(Default)]
struct Connections {
    tls: Option<Arc<ClientConfig>>,
    agent: Option<Agent>,
    /// The proxy that the agent was made with, where the settings named one.
    named_proxy: Option<String>,
}

impl HttpsTransport {
    /// A transport to this server. Does no I/O.
    #[must_use]
    pub fn new(config: &ServerConfig) -> Self {
        Self {
            origin: config.url().to_owned(),
            trust: config.trust().clone(),
            proxy: config.proxy(),
            proxy_settings: None,
            connections: Mutex::default(),
        }
    }

    /// The same transport, which asks these settings for a proxy where the policy is [`ProxyPolicy::System`].
    #[must_use]
    pub fn with_proxy_settings(mut self, settings: Arc<dyn ProxySettings>) -> Self {
        self.proxy_settings = Some(settings);
        self
    }

    /// The proxy that the settings name now.
    fn named_proxy(&self) -> Option<String> {
        match self.proxy {
            ProxyPolicy::None => None,
            ProxyPolicy::System => self.proxy_settings.as_ref()?.proxy_for(&self.origin),
        }
    }

    fn agent(&self) -> Result<Agent, TransportFailure> {
        let named_proxy = self.named_proxy();
        let mut connections = self.connections();
        if let Some(agent) = &connections.agent
            && connections.named_proxy == named_proxy
        {
            return Ok(agent.clone());
        }
        let tls = match &connections.tls {
            Some(tls) => Arc::clone(tls),
            None => tls::client_config(&self.trust).map_err(|_| TransportFailure::not_sent(Cause::Internal))?,
        };
        let agent = new_agent(proxy(self.proxy, named_proxy.as_deref())?, Arc::clone(&tls));
        *connections = Connections { tls: Some(tls), agent: Some(agent.clone()), named_proxy };
        Ok(agent)
    }

    /// Both fields are whole after every step, so a panic elsewhere leaves nothing broken behind.
    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for HttpsTransport {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        if call.is_void() {
            return Err(TransportFailure::not_sent(Cause::Cancelled));
        }
        let agent = self.agent()?;
        let uri = format!("{}{}", self.origin, request.path);
        let mut body = GuardedBody::new(request, call);
        let outcome = send(&agent, &uri, request, &mut body, call.left())
            .map_err(|error| cause_of(&error))
            .and_then(|response| reply(response, request.limit));
        outcome.map_err(|cause| TransportFailure {
            cause: if call.is_void() { Cause::Cancelled } else { cause },
            may_have_arrived: body.was_begun(),
        })
    }

    fn drop_connections(&self) {
        // Exchanges under way hold the old agent; its connections are closed when the last of them has ended.
        self.connections().agent = None;
    }
}

impl fmt::Debug for HttpsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsTransport").field("origin", &self.origin).finish_non_exhaustive()
    }
}

fn new_agent(proxy: Option<Proxy>, tls: Arc<ClientConfig>) -> Agent {
    let config = Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        .accept_encoding(AutoHeaderValue::None)
        .user_agent(concat!("lock-keeper/", env!("CARGO_PKG_VERSION")))
        .max_response_header_size(MAX_HEAD_BYTES)
        .input_buffer_size(BUFFER_BYTES)
        .output_buffer_size(BUFFER_BYTES)
        .max_idle_connections(MAX_IDLE_CONNECTIONS)
        .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
        .max_idle_age(MAX_IDLE)
        .build();
    let chain = ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(TlsConnector::new(tls));
    Agent::with_parts(config, chain, DefaultResolver::default())
}

/// A proxy that is not spoken is a failure: going around it unseen is not what its owner wants.
fn proxy(policy: ProxyPolicy, named: Option<&str>) -> Result<Option<Proxy>, TransportFailure> {
    let refused = |_| TransportFailure::not_sent(Cause::ProxyRefused);
    let proxy = match (policy, named) {
        (ProxyPolicy::None, _) => None,
        (ProxyPolicy::System, Some(url)) => Some(Proxy::new(url).map_err(refused)?),
        (ProxyPolicy::System, None) => Proxy::try_from_env(),
    };
    match proxy {
        Some(proxy) if proxy.protocol() != ProxyProtocol::Http => Err(TransportFailure::not_sent(Cause::ProxyRefused)),
        other => Ok(other),
    }
}

fn send(
    agent: &Agent,
    uri: &str,
    request: &Request<'_>,
    body: &mut GuardedBody<'_>,
    left: Duration,
) -> Result<Response<Body>, ureq::Error> {
    let connect = MAX_CONNECT.min(left);
    match request.body {
        None => agent
            .get(uri)
            .header(ACCEPT, ACCEPTED)
            .config()
            .timeout_global(Some(left))
            .timeout_connect(Some(connect))
            .build()
            .call(),
        Some(bytes) => agent
            .post(uri)
            .header(ACCEPT, ACCEPTED)
            .header(CONTENT_TYPE, request.media_type)
            .header(CONTENT_LENGTH, bytes.len())
            .config()
            .timeout_global(Some(left))
            .timeout_connect(Some(connect))
            .build()
            .send(SendBody::from_reader(body)),
    }
}

fn reply(response: Response<Body>, limit: usize) -> Result<Reply, Cause> {
    let (head, body) = response.into_parts();
    if head.status.is_redirection() {
        return Err(Cause::Redirected);
    }
    Ok(Reply {
        status: head.status.as_u16(),
        content_type: media_type(&head.headers),
        retry_after: retry_after(&head.headers),
        request_id: text(&head.headers, REQUEST_ID).and_then(RequestId::parse),
        body: capped(body, limit)?,
    })
}

/// Reads the body, never buffering more than one byte above the limit.
fn capped(body: Body, limit: usize) -> Result<Vec<u8>, Cause> {
    let announced = body.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(Cause::ReplyTooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    let mut reader = body.into_reader().take(limit as u64 + 1);
    reader.read_to_end(&mut bytes).map_err(|error| cause_of(&error.into()))?;
    if bytes.len() > limit { Err(Cause::ReplyTooLarge) } else { Ok(bytes) }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn media_type(headers: &HeaderMap) -> String {
    let value = text(headers, CONTENT_TYPE).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, RETRY_AFTER)?.trim().parse().ok().map(Duration::from_secs)
}

fn cause_of(error: &ureq::Error) -> Cause {
    match error {
        ureq::Error::Io(error) => io_cause(error),
        ureq::Error::Rustls(error) => Cause::Tls(tls::refusal_of(error)),
        ureq::Error::Timeout(_) => Cause::TimedOut,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Cause::Unreachable,
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Cause::ProxyRefused,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(_, _) => Cause::ReplyTooLarge,
        ureq::Error::Protocol(_) | ureq::Error::BodyStalled => Cause::NotHttp,
        _ => Cause::Internal,
    }
}

fn io_cause(error: &io::Error) -> Cause {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(error) => Cause::Tls(tls::refusal_of(error)),
        None if error.kind() == io::ErrorKind::TimedOut => Cause::TimedOut,
        None => Cause::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a header"))])
    }

    #[test]
    fn the_media_type_is_compared_without_case_and_parameters() {
        assert_eq!(media_type(&headers(CONTENT_TYPE, "Application/CBOR; charset=x")), "application/cbor");
        assert_eq!(media_type(&HeaderMap::new()), "");
    }

    #[test]
    fn a_wait_in_seconds_is_read_and_a_date_is_not() {
        assert_eq!(retry_after(&headers(RETRY_AFTER, "7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers(RETRY_AFTER, "Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after(&headers(RETRY_AFTER, "-1")), None);
    }
}
