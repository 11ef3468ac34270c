//! The app as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lock_keeper_testbed::residue::Person;

/// The C compiler knows nothing of Apple's words for pointers that may be null.
const FLAGS: [&str; 6] = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-D_Nonnull=", "-D_Nullable="];

/// A running app; killed when it is dropped.
pub(crate) struct Host {
    child: Child,
    orders: ChildStdin,
    says: BufReader<ChildStdout>,
    _dir: tempfile::TempDir,
}

/// A file that Cargo has built, beside which this test's own directory lies.
pub(crate) fn built(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let file = own.ancestors().nth(2).unwrap().join(name);
    assert!(file.is_file(), "{} is not built: cargo build --workspace", file.display());
    file
}

/// Compiles the app against the library.
fn compile(program: &Path) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = built("liblock_keeper_ffi.so");
    let output = Command::new("cc")
        .args(FLAGS)
        .arg("-I")
        .arg(own.join("../swift/Sources/LockKeeperFFI"))
        .arg(own.join("tests/residue/host.c"))
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", library.parent().unwrap().display()))
        .arg("-o")
        .arg(program)
        .output()
        .expect("there is a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

impl Host {
    pub(crate) fn start(person: &Person, connect_json: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("host");
        compile(&program);
        let piped = || Stdio::piped();
        let mut child = Command::new(program).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        let mut orders = child.stdin.take().unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        let texts =
            [connect_json, &person.name, &person.password, &person.new_password, &person.wrong_password, &person.label];
        for field in texts.map(str::as_bytes).into_iter().chain([person.secret.as_slice()]) {
            orders.write_all(&u32::try_from(field.len()).unwrap().to_be_bytes()).unwrap();
            orders.write_all(field).unwrap();
        }
        Self { child, orders, says, _dir: dir }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says so.
    pub(crate) fn is(&mut self, state: &str) {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        if line.trim_end() != state {
            let mut said = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("it has ended before it was {state}: {said}");
        }
    }

    pub(crate) fn goes_on(&mut self) {
        self.orders.write_all(b".").unwrap();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
