//! What an app may send to its log: errors, as text and as `Debug` prints them, and events. Nothing of the account is in them, and
//! nothing that the server or whoever stands in its place has said.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Reply, Request, TransportFailure};
use lock_keeper_core::{
    Call, Code, DeviceUnlock, Env, HttpsTransport, LockKeeperClient, MemoryStore, NewSecret, Observer, OperationEvent,
    Purpose, Result, ServerConfig, Session, SessionOptions, Transport, password,
};
use lock_keeper_testbed::residue::{Findings, Needle, Needles, Person, keys_of_people};
use lock_keeper_testbed::{Engine, Server};

/// What is said in the server's place.
const SERVERS: &str = "a text that the server chose";

/// The way to the server, whose answers become something else when the test says so.
struct Way {
    server: HttpsTransport,
    answer: Mutex<Option<(u16, &'static str, Vec<u8>)>>,
}

impl Transport for Way {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        let mut reply = self.server.exchange(request, call)?;
        if let Some((status, content_type, body)) = &*self.answer.lock().unwrap() {
            reply.status = *status;
            (*content_type).clone_into(&mut reply.content_type);
            reply.body.clone_from(body);
        }
        Ok(reply)
    }
}

/// All that was said, as an app may write it down.
#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Said {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    /// The error of a call that fails, with its code.
    fn error<T>(&self, result: Result<T>) -> Code {
        let Err(error) = result else { panic!("the call succeeds") };
        self.note(format!("{error}\n{error:?}\n{error:#?}"));
        error.code
    }

    fn all(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

impl Observer for Said {
    fn ended(&self, event: &OperationEvent) {
        self.note(format!("{event:?} {}", event.op.name()));
    }
}

fn options() -> SessionOptions {
    SessionOptions::default()
}

struct App {
    client: LockKeeperClient,
    way: Arc<Way>,
    said: Arc<Said>,
    config: ServerConfig,
}

impl App {
    fn new(server: &Server) -> Self {
        let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
        let way = Arc::new(Way { server: HttpsTransport::new(&config), answer: Mutex::default() });
        let said = Arc::new(Said::default());
        let env = Env {
            transport: Arc::clone(&way) as Arc<dyn Transport>,
            observer: Some(Arc::clone(&said) as Arc<dyn Observer>),
            ..Env::new(&config, Arc::new(MemoryStore::default()))
        };
        Self { client: LockKeeperClient::new(config.clone(), env), way, said, config }
    }

    fn open(&self, name: &str, typed: &str) -> Result<Session> {
        self.client.open_session(name, password(typed).unwrap(), options(), &Call::default())
    }
}

/// What is wrong before anything is sent.
fn mistakes(app: &App, person: &Person) {
    let (said, name) = (&app.said, &person.name);
    assert_eq!(said.error(app.open(&format!("{name} "), &person.password)), Code::AccountNameInvalid);
    assert_eq!(said.error(app.client.forget(&format!("{name}\n"))), Code::AccountNameInvalid);
    assert_eq!(said.error(password(&person.password.repeat(99))), Code::PasswordInvalid);
    assert_eq!(said.error(DeviceUnlock::from_bytes(person.password.as_bytes())), Code::DeviceUnlockInvalidated);
    let json = format!("{{\"url\": \"{name}\", \"{name}\": \"{}\", \"realm\": \"{name} \"}}", person.password);
    assert_eq!(said.error(ServerConfig::from_connect_json(json.as_bytes())), Code::ConfigInvalid);
}

/// What the server refuses, or can't do.
fn refusals(app: &App, server: &Server, person: &Person, session: &Session) {
    let (said, call) = (&app.said, Call::default());
    let typed = |text: &str| password(text).unwrap();
    let again = app.client.register(&person.name, typed(&person.wrong_password), None, options(), &call);
    assert_eq!(said.error(again), Code::AccountNameTaken);
    assert_eq!(said.error(app.open(&person.name, &person.wrong_password)), Code::WrongNameOrPassword);
    let changed = session.change_password(typed(&person.wrong_password), typed(&person.new_password), &call);
    assert_eq!(said.error(changed), Code::WrongNameOrPassword);

    let id = session.new_secret_id();
    assert_eq!(said.error(session.retrieve(id, Purpose::Unspecified, &call)), Code::SecretNotFound);
    let long = Some(person.label.repeat(99));
    let new = NewSecret { label: long, ..NewSecret::default() };
    assert_eq!(said.error(session.generate(new, &call)), Code::LabelTooLong);
    let big = person.secret.repeat(10_000);
    let imported = session.import_secret(big.as_slice().into(), Some(&person.label), None, &call);
    assert_eq!(said.error(imported), Code::SecretTooLarge);

    server.execute("UPDATE secret SET sealed_secret = sealed_label");
    let kept = session.list(None, 10, &call).unwrap()[0].id;
    assert_eq!(said.error(session.export(kept, &call)), Code::ServerFailed);
}

/// What comes in place of the server's answers.
fn other_answers(app: &App, person: &Person, session: &Session) {
    // Some of it is worth another try, until the time is up.
    let call = || Call::new(Duration::from_millis(500));
    let code = format!("{{\"code\": \"{SERVERS}\", \"title\": \"{SERVERS}\", \"detail\": \"{}\"}}", person.name);
    let text = format!("{SERVERS} {} {} {}", person.name, person.password, person.label);
    for status in [200, 404, 500, 503] {
        for (content_type, body) in
            [("text/html", text.as_bytes()), ("application/problem+json", code.as_bytes()), (SERVERS, text.as_bytes())]
        {
            *app.way.answer.lock().unwrap() = Some((status, content_type, body.to_vec()));
            app.said.error(session.list(None, 10, &call()));
        }
    }
    *app.way.answer.lock().unwrap() = None;
}

#[test]
fn no_error_and_no_event_holds_a_name_an_id_a_secret_or_what_the_server_said() {
    let server = Server::start(Engine::Sqlite);
    let (app, person, call) = (App::new(&server), Person::random(), Call::default());
    mistakes(&app, &person);
    let typed = password(&person.password).unwrap();
    let session = app.client.register(&person.name, typed, None, options(), &call).unwrap();
    let kept = session.import_secret(person.secret.as_slice().into(), Some(&person.label), None, &call).unwrap();
    refusals(&app, &server, &person, &session);
    other_answers(&app, &person, &session);
    session.lock();
    assert_eq!(app.said.error(session.retrieve(kept.id, Purpose::Unspecified, &call)), Code::SessionLocked);
    let mut needles = person.secrets(&server.realm());
    needles.extend(keys_of_people(&server));
    drop(server);
    let (typed, brief) = (password(&person.password).unwrap(), Call::new(Duration::from_secs(1)));
    assert_eq!(app.said.error(app.client.open_session(&person.name, typed, options(), &brief)), Code::Offline);

    needles.extend([
        person.name_needle(),
        Needle::bytes("the id of a secret", &kept.id.0),
        Needle::text("what the server said", SERVERS),
        Needle::text("the server's address", app.config.url()),
    ]);
    let said = app.said.all();
    // Were the search blind, it would not see what each error begins with.
    let seen = Needles::new(&[Needle::text("an error", "LockKeeperError"), Needle::text("an event", "OperationEvent")]);
    assert_eq!(seen.in_bytes(said.as_bytes()).len(), 2, "{said}");
    assert_eq!(Needles::new(&needles).in_bytes(said.as_bytes()), Findings::new(), "{said}");
}
