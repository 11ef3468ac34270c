//! What the README shows of the client. It wants the `connect.json` of a server and a name that is free:
//! `cargo run -p lock-keeper-core --example readme -- DIR/connect.json ada`.

// README begins here
use std::sync::Arc;

use lock_keeper_core::{
    Call, Env, FileStore, LockKeeperClient, NewSecret, Purpose, Result, ServerConfig, SessionOptions, password,
};

fn keep_a_secret(connect_json: &[u8], name: &str, typed: &str) -> Result<()> {
    // Where the server is, what it calls itself, and which keys it must prove.
    let config = ServerConfig::from_connect_json(connect_json)?;
    // What stays on this device: no secret, but what tells an honest server from one that was set back.
    let store = Arc::new(FileStore::new("lock-keeper-state"));
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, store));

    // The password never leaves this machine. Nobody can reset it.
    let options = SessionOptions::default();
    let session = client.register(name, password(typed)?, None, options, &Call::default())?;

    // A random secret of 32 bytes. Save the id first: a retry with it is safe even after the process died.
    let id = session.new_secret_id();
    let new = NewSecret { id: Some(id), label: Some("backup key".into()), ..NewSecret::default() };
    let made = session.generate(new, &Call::default())?;

    // On any device, name and password bring it back.
    let found = session.retrieve(id, Purpose::LocalOnly, &Call::default())?;
    assert!(found.bytes == made.bytes);
    session.lock();
    Ok(())
}
// README ends here

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(connect_json), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: readme CONNECT_JSON NAME".into());
    };
    keep_a_secret(&std::fs::read(connect_json)?, &name, "an example has no secret to keep")?;
    Ok(())
}
