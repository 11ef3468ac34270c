//! This machine as a device of its person: a client of the key server, with a directory of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use lock_keeper_core::{Call, Code, Env, FileStore, LockKeeperClient, Password, ServerConfig, Session, SessionOptions};

use crate::arguments::Arguments;
use crate::failure::{Failure, Trouble};
use crate::interrupt::Interrupt;
use crate::output::Output;

/// connect.json has up to 64 KiB; the library refuses what is longer.
const MAX_CONNECT_BYTES: u64 = 65_537;

/// What a command works with.
pub(crate) struct Device<'a> {
    pub(crate) client: LockKeeperClient,
    pub(crate) interrupt: Interrupt,
    pub(crate) output: &'a Output,
    deadline: Duration,
}

impl<'a> Device<'a> {
    /// Reads which key server it is, and makes the directory. Sends nothing.
    pub(crate) fn new(arguments: &Arguments, output: &'a Output) -> Result<Self, Failure> {
        let config = server_config(arguments.connect.as_deref())?;
        let state = state_directory(arguments.state.as_deref())?;
        make_private(&state)?;
        let env = Env::new(&config, Arc::new(FileStore::new(state)));
        Ok(Self {
            client: LockKeeperClient::new(config, env),
            interrupt: Interrupt::new(),
            output,
            deadline: Duration::from_secs(arguments.deadline),
        })
    }

    /// A call that Ctrl-C cancels and whose progress a person sees.
    pub(crate) fn call(&self) -> Result<Call, Failure> {
        self.interrupt.watch()?;
        let call = Call::new(self.deadline).with_cancel(self.interrupt.token());
        Ok(match self.output.progress() {
            Some(progress) => call.with_progress(move |phase| progress.show(phase)),
            None => call,
        })
    }

    /// Creates the account.
    pub(crate) fn register(&self, account: &str, password: Password) -> Result<Session, Failure> {
        Ok(self.client.register(account, password, None, SessionOptions::default(), &self.call()?)?)
    }

    /// Unlocks the account.
    pub(crate) fn open_session(&self, account: &str, password: Password) -> Result<Session, Failure> {
        Ok(self.client.open_session(account, password, SessionOptions::default(), &self.call()?)?)
    }
}

fn server_config(path: Option<&Path>) -> Result<ServerConfig, Failure> {
    let path = path.ok_or_else(|| {
        Failure::new(Trouble::Usage, "Which key server? There is no --connect FILE.")
            .with_next("Give --connect FILE, or set LOCK_KEEPER_CONNECT. lock-keeper-server dev writes such a file.")
    })?;
    let json = read_capped(path).map_err(|error| {
        Failure::new(Trouble::ConnectUnreadable, format!("{} cannot be read: {error}.", path.display()))
            .with_next("--connect takes the connect.json of the key server. Is the server running?")
    })?;
    Ok(ServerConfig::from_connect_json(&json)?)
}

fn read_capped(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read;

    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_CONNECT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn state_directory(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = asked {
        return Ok(path.to_owned());
    }
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_STATE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/state")))
        .map(|base| base.join("lock-keeper"))
        .ok_or_else(|| Failure::new(Trouble::Usage, "Where does this device keep what it knows? Give --state DIR."))
}

/// Before anything is sent: a device that cannot remember must not begin.
fn make_private(directory: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    let unusable = |error: io::Error| {
        let mut failure = Failure::from(Code::StoreUnavailable);
        failure.message = format!("The --state directory {} cannot be used: {error}.", directory.display());
        failure
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(unusable)?;
    if fs::metadata(directory).map_err(unusable)?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    // An empty one is made private. One with files in it may be shared on purpose, as /tmp is: that is not for us to change.
    if fs::read_dir(directory).map_err(unusable)?.next().is_none() {
        return fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).map_err(unusable);
    }
    let open = io::Error::new(io::ErrorKind::PermissionDenied, "others can open it, and it has files in it");
    Err(unusable(open).with_next("Give a --state directory of its own, or close this one: chmod 700 DIR"))
}
