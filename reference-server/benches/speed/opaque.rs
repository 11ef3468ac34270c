//! What a login costs the server's processor, over OPAQUE alone.

use std::hint::black_box;
use std::time::Duration;

use lock_keeper_protocol::cbor;
use lock_keeper_protocol::message::SessionStarted;
use lock_keeper_testbed::{Device, Engine, Reply, Server};
use opaque_ke::ksf::Identity;
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialFinalization, CredentialRequest, Identifiers, Ristretto255, ServerLogin, ServerLoginParameters,
    ServerRegistration, ServerSetup, TripleDh,
};
use rand::rngs::OsRng;
use serde_json::{Value, json};
use sha2::Sha512;

use crate::cluster::Cluster;
use crate::cpu;
use crate::generator::Generator;
use crate::load::Work;
use crate::sessions::median;
use crate::site::{Quota, Site};
use crate::table::{Table, against, heading};

const AIM: f64 = 2.5;
const ROUNDS: usize = 5;
/// Logins of a round; each has a device of its own, since a device has eight free attempts.
const LOGINS: usize = 32;
const CONTEXT: &[u8] = b"bench";
const IDENTIFIERS: Identifiers<'_> = Identifiers { client: Some(b"ada"), server: Some(b"keys.bench") };

/// Suite 1 as the server meets it: it never stretches.
struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Identity;
}

/// Measures on the disk as it is; answers the figures.
pub(crate) fn measure(cluster: &Cluster) -> Value {
    let (start, finish) = service();
    let database = cluster.database("logins");
    let site = Site::serve(&database.url(), Quota::FAR);
    let mut generator = Generator::start(&site, 8, 4);
    // OPAQUE alone takes turns with the rest, so that what else the machine does meets both.
    let mut raws = Vec::new();
    let mut price = |work: Work| {
        let ahead = if work == Work::Login { 3_000 } else { 0 };
        generator.closed(8, work, Duration::from_secs(1), ahead);
        let rounds: Vec<[f64; 2]> = (0..ROUNDS)
            .map(|_| {
                raws.push(raw());
                let before = [cpu::of_process(site.process()), cpu::in_kernel(site.process())];
                let outcome = generator.closed(8, work, Duration::from_secs(2), ahead);
                let used = [cpu::of_process(site.process()) - before[0], cpu::in_kernel(site.process()) - before[1]];
                used.map(|used| used.as_secs_f64() * 1e6 / outcome.done as f64)
            })
            .collect();
        [0, 1].map(|part| median(rounds.iter().map(|round| round[part])))
    };
    let ([login, in_kernel], [exchange, _]) = (price(Work::Login), price(Work::Nothing));
    let handshake = price(Work::Handshake)[0] - exchange;
    let raw = median(raws.into_iter());

    heading(
        "The server's processor, for one login",
        "What the server process uses for a login on Postgres over a connection that is open, and where it goes. OPAQUE alone\n\
         is opaque-ke's KE2 and KE3 from bytes to bytes, measured in the same run. Aim: 2.5 times that in all.",
    );
    let mut table = Table::new(&["part", "µs", "of OPAQUE"]);
    let rest = login - start - finish - 2.0 * exchange;
    let mut part = |name: &str, value: f64| {
        table.row(vec![name.to_owned(), format!("{value:.0}"), format!("{:.2}", value / raw)]);
    };
    part("OPAQUE: KE2 and KE3", raw);
    part("service and store: keys, sealing, log, SQL, libpq", start + finish - raw);
    part("two exchanges of HTTP over TLS, with nothing behind", 2.0 * exchange);
    part("hand-over to a blocking thread and back, log line", rest);
    table.row(vec!["one login".to_owned(), format!("{login:.0}"), against(login / raw, AIM, false)]);
    table.row(vec!["of it in the kernel".to_owned(), format!("{in_kernel:.0}"), format!("{:.2}", in_kernel / raw)]);
    table.row(vec!["apart: a TLS handshake".to_owned(), format!("{handshake:.0}"), format!("{:.2}", handshake / raw)]);
    table.print();
    json!({
        "aim": AIM, "raw_us": raw, "service_start_us": start, "service_finish_us": finish, "exchange_us": exchange,
        "login_us": login, "kernel_us": in_kernel, "handshake_us": handshake, "ratio": login / raw,
    })
}

/// Microseconds of this thread for KE2 and KE3, from bytes to bytes.
fn raw() -> f64 {
    let setup = ServerSetup::<Suite>::new(&mut OsRng);
    let record = register(&setup);
    let (client, ke1) = {
        let started = ClientLogin::<Suite>::start(&mut OsRng, b"correct horse").expect("the password is good");
        (started.state, started.message.serialize())
    };
    let start = || {
        let record = ServerRegistration::<Suite>::deserialize(&record).expect("it is one");
        let request = CredentialRequest::deserialize(&ke1).expect("it is one");
        let started = ServerLogin::start(&mut OsRng, &setup, Some(record), request, b"id", parameters());
        let started = started.expect("KE1 is good");
        (started.message.serialize(), started.state.serialize())
    };
    let (ke2, state) = start();
    let ke2 = opaque_ke::CredentialResponse::deserialize(&ke2).expect("it is one");
    let finish = ClientLoginFinishParameters::new(Some(CONTEXT), IDENTIFIERS, None);
    let ke3 = client.finish(&mut OsRng, b"correct horse", ke2, finish).expect("KE2 is good").message.serialize();
    let login = || {
        black_box(start());
        let state = ServerLogin::<Suite>::deserialize(&state).expect("it is one");
        let ke3 = CredentialFinalization::deserialize(&ke3).expect("it is one");
        black_box(state.finish(ke3, ServerLoginParameters::default()).expect("KE3 is good"));
    };
    microseconds_each(200, || (0..200).for_each(|_| login()))
}

fn register(setup: &ServerSetup<Suite>) -> Vec<u8> {
    let started = ClientRegistration::<Suite>::start(&mut OsRng, b"correct horse").expect("the password is good");
    let response = ServerRegistration::start(setup, started.message, b"id").expect("the request is good").message;
    let parameters = ClientRegistrationFinishParameters::new(IDENTIFIERS, None);
    let finished = started.state.finish(&mut OsRng, b"correct horse", response, parameters);
    ServerRegistration::<Suite>::finish(finished.expect("the response is good").message).serialize().to_vec()
}

fn parameters() -> ServerLoginParameters<'static, 'static> {
    ServerLoginParameters { context: Some(CONTEXT), identifiers: IDENTIFIERS }
}

/// Microseconds of this thread for the start and for the finish of a login, as the service does them on Postgres, with no HTTP
/// and no TLS.
fn service() -> (f64, f64) {
    let server = Server::start(Engine::Postgres);
    let service = server.service();
    let person = |number| Device::register(&server, &format!("person{number}"), "correct horse");
    let mut devices: Vec<Device> = (0..LOGINS).map(person).collect();
    let rounds: Vec<(f64, f64)> = (0..ROUNDS + 1)
        .map(|_| {
            let begun: Vec<_> = devices.iter().map(Device::session_start).collect();
            let bodies: Vec<_> = begun.iter().map(|(_, start)| cbor::encode(start)).collect();
            let mut answers = Vec::new();
            let start = microseconds_each(LOGINS, || {
                answers.extend(bodies.iter().map(|body| service.start_login(body).expect("it is allowed")));
            });
            let logins: Vec<_> = devices
                .iter()
                .zip(begun)
                .zip(&answers)
                .map(|((device, (pending, start)), answer)| {
                    let started: SessionStarted = cbor::decode(answer).expect("the answer is one");
                    device.prove(pending, &start.ke1.0, &started, None).expect("the password is right")
                })
                .collect();
            let bodies: Vec<_> = logins.iter().map(lock_keeper_testbed::Login::body).collect();
            let mut frames = Vec::new();
            let finish = microseconds_each(LOGINS, || {
                frames.extend(bodies.iter().map(|body| service.finish_login(body).expect("KE3 is good")));
            });
            for ((device, login), frame) in devices.iter_mut().zip(logins).zip(frames) {
                drop(device.welcome(login, &Reply { status: 200, headers: Vec::new(), body: frame }));
            }
            (start, finish)
        })
        .collect();
    // In the first round statements are prepared.
    let later = || rounds.iter().skip(1);
    (median(later().map(|round| round.0)), median(later().map(|round| round.1)))
}

fn microseconds_each(times: usize, work: impl FnOnce()) -> f64 {
    let before = cpu::of_this_thread();
    work();
    (cpu::of_this_thread() - before).as_secs_f64() * 1e6 / times as f64
}
