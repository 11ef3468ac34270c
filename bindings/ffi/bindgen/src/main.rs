//! Writes what the Swift and Kotlin faces stand on: `lock-keeper-bindgen LIBRARY BINDINGS`.
//!
//! `LIBRARY` is the dynamic library of `lock-keeper-ffi`, which carries UniFFI's description of itself; `BINDINGS` is the directory
//! `bindings`. UniFFI makes everything public. Here it becomes internal (Kotlin) and `package` (Swift), so that an app
//! sees the hand-written faces alone.

mod hide;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

/// The C module as SwiftPM takes it on every platform; UniFFI's own names a module that only Apple has.
const MODULEMAP: &str = "module LockKeeperFFI {\n    header \"LockKeeperFFI.h\"\n    export *\n}\n";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [library, bindings] = arguments.as_slice() else {
        return fail("usage: lock-keeper-bindgen LIBRARY BINDINGS");
    };
    match write(library, Path::new(bindings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "this is a command")]
fn fail(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}

fn write(library: &str, bindings: &Path) -> Result<(), Box<dyn Error>> {
    let swift = generate(library, TargetLanguage::Swift)?;
    let sources = bindings.join("swift/Sources");
    put(&sources.join("LockKeeperFFI/LockKeeperFFI.h"), &swift.read("LockKeeperFFI.h")?)?;
    put(&sources.join("LockKeeperFFI/module.modulemap"), MODULEMAP)?;
    let module = hide::swift(&swift.read("LockKeeperBindings.swift")?);
    put(&sources.join("LockKeeperBindings/LockKeeperBindings.swift"), &module)?;

    let kotlin = generate(library, TargetLanguage::Kotlin)?;
    let path = "io/lockkeeper/ffi/lock_keeper_ffi.kt";
    put(&bindings.join("kotlin/generated").join(path), &hide::kotlin(&kotlin.read(path)?))
}

/// What UniFFI wrote for one language, until it is dropped.
struct Generated(tempfile::TempDir);

impl Generated {
    /// A file's text, without white space at the ends of its lines.
    fn read(&self, path: &str) -> Result<String, Box<dyn Error>> {
        let text = fs::read_to_string(self.0.path().join(path)).map_err(|error| format!("{path}: {error}"))?;
        let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        Ok(lines.join("\n") + "\n")
    }
}

fn generate(library: &str, language: TargetLanguage) -> Result<Generated, Box<dyn Error>> {
    let out = tempfile::tempdir()?;
    let mut paths = BindgenPaths::default();
    paths.add_layer(Ffi);
    let options = GenerateOptions {
        languages: vec![language],
        source: library.into(),
        out_dir: out.path().to_str().ok_or("the temporary directory's name is not UTF-8")?.into(),
        ..GenerateOptions::default()
    };
    generate_with_bindgen_paths(options, paths)?;
    Ok(Generated(out))
}

/// Where `uniffi.toml` is: one directory above this crate.
struct Ffi;

impl BindgenPathsLayer for Ffi {
    fn get_crate_root(&self, crate_name: &str) -> Option<camino::Utf8PathBuf> {
        (crate_name == "lock_keeper_ffi").then(|| concat!(env!("CARGO_MANIFEST_DIR"), "/..").into())
    }
}

fn put(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
}
