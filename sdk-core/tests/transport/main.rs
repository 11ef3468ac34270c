//! The transport against servers that do everything wrong, over real sockets.

mod certificates;
mod http;
mod proxy;
mod server;
mod tls;

use std::time::Duration;

use lock_keeper_core::transport::{Reply, Request, TransportFailure};
use lock_keeper_core::{Call, HttpsTransport, ProxyPolicy, ServerConfig, Transport, Trust};

/// Long enough that only a test of the deadline itself meets it.
const LONG: Duration = Duration::from_secs(30);

/// A request that acts, with a body that a server which got it shows in its report.
const REQUEST: Request<'_> = Request {
    path: "/v1/session/message",
    body: Some(b"the body of the request"),
    media_type: "application/cbor",
    limit: 1000,
    acts: true,
};

/// A transport that goes straight to the server.
fn transport(url: &str, trust: Trust) -> HttpsTransport {
    let config = ServerConfig::new(url, "example", &[[1; 32]], trust).expect("the configuration is valid");
    HttpsTransport::new(&config.with_proxy(ProxyPolicy::None))
}

fn exchange(transport: &HttpsTransport) -> Result<Reply, TransportFailure> {
    transport.exchange(&REQUEST, &Call::new(LONG).start())
}
