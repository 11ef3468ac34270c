//! What a client hands back to the server that made it: it goes through the server's real service, over a real database.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::message::{Hello, RegistrationFinish, RegistrationStarted, SessionFinish, SessionStarted};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_protocol::{login, registration};
use lock_keeper_server::keys::{KeyEncryptionKey, LocalKeys};
use lock_keeper_server::service::{Policy, Refused, Service, load_or_create_keys};
use lock_keeper_server::store::{Store, sqlite::SqliteStore};

use crate::fixed::{self, changed, fitted, identities, input, realm, stretch};

/// A server with one account, on whose name strangers have spent all guesses for a quarter of an hour and more.
struct KeyServer {
    service: Service,
    /// A registration id and a login id of this server.
    registration_id: Vec<u8>,
    upload: [u8; 192],
    login_id: SessionId,
    /// The cookie of the account's one device.
    cookie: [u8; 64],
    _folder: tempfile::TempDir,
}

static SERVER: LazyLock<KeyServer> = LazyLock::new(KeyServer::start);

impl KeyServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("there is a place for a database");
        let clock = Arc::new(AtomicI64::new(0));
        let service = service(folder.path(), &clock);
        let (registration_id, upload) = register(&service);
        let cookie = log_in(&service);
        let login_id = start_login(&service, &[0; 64]).expect("it is the first guess");
        spend_all_guesses(&service, &clock);
        Self { service, registration_id, upload, login_id, cookie, _folder: folder }
    }
}

fn service(folder: &std::path::Path, clock: &Arc<AtomicI64>) -> Service {
    let store = SqliteStore::open(&folder.join("store"), Arc::clone(clock)).expect("the database can be opened");
    store.administration().migrate().expect("the database is empty");
    let key = KeyEncryptionKey::generate(&mut fixed::rng());
    let wrapper = LocalKeys::new([("first".to_owned(), key)], "first").expect("the active key is there");
    let keys = load_or_create_keys(store.administration(), Arc::new(wrapper), &realm()).expect("keys can be made");
    Service::new(Arc::new(store), Arc::new(keys), realm(), Policy::default()).expect("the keys are good")
}

/// Registers the account. Answers a registration id of another name, and an upload that fits any.
fn register(service: &Service) -> (Vec<u8>, [u8; 192]) {
    let begin = |name: &str| {
        let account = lock_keeper_protocol::identity::AccountName::prepare(name).expect("it is a name");
        let identities = lock_keeper_protocol::opaque::Identities { account, ..identities() };
        let started = registration::start(&mut fixed::rng(), identities, &input(), None).expect("the input is one");
        let answer = service.start_registration(started.body()).expect("the name is free");
        let body = started.started(&mut fixed::rng(), &answer, &[service.public_key()], stretch());
        (answer, body.expect("the server is the right one"))
    };
    let (_, body) = begin("ada");
    service.finish_registration(&body).expect("the name is free");
    let (answer, body) = begin("bob");
    let started: RegistrationStarted = cbor::decode(&answer).expect("a server sends messages");
    let finish: RegistrationFinish = cbor::decode(&body).expect("a client sends messages");
    (started.registration_id.0, finish.upload.0)
}

/// Logs in, and answers the device cookie of the welcome.
fn log_in(service: &Service) -> [u8; 64] {
    let rng = &mut fixed::rng();
    let started = login::start(rng, identities(), &input(), &[0; 64]).expect("the input is one");
    let answer = service.start_login(started.body()).expect("it is the first guess");
    let proven = started.started(rng, &answer, &[service.public_key()], stretch()).expect("the password is right");
    let hello = Hello { seen: Nullable(None), request: Nullable(None) };
    let opening = proven.open(rng, &hello).expect("the hello fits");
    let answer = service.finish_login(opening.body()).expect("KE3 is good");
    opening.welcome(&answer).expect("the welcome is the server's").welcome.device_cookie.0
}

/// Asks `session/start` with this cookie.
fn start_login(service: &Service, cookie: &[u8; 64]) -> Result<SessionId, Refused> {
    let started = login::start(&mut fixed::rng(), identities(), &input(), cookie).expect("the input is one");
    let answer = service.start_login(started.body())?;
    let started: SessionStarted = cbor::decode(&answer).expect("a server sends messages");
    Ok(started.login_id)
}

/// Guesses until the wait is the longest, and stays so for as long as anybody fuzzes.
fn spend_all_guesses(service: &Service, clock: &AtomicI64) {
    for _ in 0..200 {
        let refused = start_login(service, &[0; 64]).err();
        let wait = refused.and_then(|refused| refused.retry_after).unwrap_or(0);
        if wait > 3_600 {
            return;
        }
        clock.fetch_add(i64::from(wait) * 1_000, Ordering::Relaxed);
    }
    panic!("two hundred guesses did not spend the budget");
}

/// No registration id is taken but one that this server made.
pub(crate) fn run_registration_id(bytes: &[u8]) {
    let id = changed(&SERVER.registration_id, bytes);
    if id == SERVER.registration_id {
        return;
    }
    let body = cbor::encode(&RegistrationFinish { registration_id: Blob(id), upload: Bytes(SERVER.upload) });
    assert_eq!(problem(|| SERVER.service.finish_registration(&body)), Some(Problem::RegistrationRefused));
}

/// No login id leads anywhere but one that this server made, neither with a KE3 nor in a frame.
pub(crate) fn run_login_id(bytes: &[u8]) {
    let id = changed(&SERVER.login_id.0, bytes);
    let login_id = SessionId(fitted(&id));
    if login_id != SERVER.login_id {
        let finish = SessionFinish { login_id, ke3: Bytes([1; 64]), frame: Blob(bytes.to_vec()) };
        assert_eq!(problem(|| SERVER.service.finish_login(&cbor::encode(&finish))), Some(Problem::LoginRefused));
    }
    let frame = [&[1, 1, 2], id.as_slice(), &[0; 128]].concat();
    assert_eq!(problem(|| SERVER.service.message(&frame)), Some(Problem::FrameRefused));
}

/// Strangers have spent their guesses, so whoever is let in had the device's cookie.
pub(crate) fn run_device_cookie(bytes: &[u8]) {
    let cookie = fitted(&changed(&SERVER.cookie, bytes));
    if cookie != SERVER.cookie {
        let guess = || start_login(&SERVER.service, &cookie).map(|_| Vec::new());
        assert_eq!(problem(guess), Some(Problem::TooManyAttempts));
    }
}

/// Why the server refuses. A server that is busy with another thread's call is asked again.
fn problem(mut ask: impl FnMut() -> Result<Vec<u8>, Refused>) -> Option<Problem> {
    loop {
        match ask().err().map(|refused| refused.problem) {
            Some(Problem::Busy) => std::thread::yield_now(),
            why => return why,
        }
    }
}

/// One of each kind of change; the ids themselves are other ones in each run.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![[&[0], [7; 80].as_slice()].concat(), vec![1, 0, 0, 1], vec![2; 40], vec![3, 9]]
}
