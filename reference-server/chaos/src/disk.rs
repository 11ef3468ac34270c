//! A small disk of a test's own, which can become full, and can fail so that it may only be read. To mount one takes root, or `sudo`
//! that asks no question.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// A disk that is mounted. It goes, with all its data, when the value is dropped.
pub struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    /// An ext4 file system in a file, of so many mebibytes.
    ///
    /// # Panics
    /// Where it can't be mounted.
    #[must_use]
    pub fn of_mebibytes(size: u64) -> Self {
        let disk = Self { dir: tempfile::tempdir().expect("a temporary directory can be made") };
        // Other users must reach what is on it.
        fs::set_permissions(disk.dir.path(), fs::Permissions::from_mode(0o755)).expect("the directory is ours");
        fs::create_dir(disk.path()).expect("the directory is new");
        let image = File::create(disk.image()).and_then(|image| image.set_len(size << 20));
        image.expect("the directory can be written");
        as_root("mkfs.ext4", ["-q".as_ref(), "-F".as_ref(), disk.image().as_os_str()]);
        disk.mount();
        disk
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    fn image(&self) -> PathBuf {
        self.dir.path().join("image")
    }

    fn mount(&self) {
        as_root("mount", ["-o".as_ref(), "loop".as_ref(), self.image().as_os_str(), self.path().as_os_str()]);
        as_root("chmod", ["0777".as_ref(), self.path().as_os_str()]);
    }

    /// A directory on it that belongs to whoever runs Postgres here: where root starts it, that is the user `postgres`.
    ///
    /// # Panics
    /// Where there is one already.
    #[must_use]
    pub fn directory_for_postgres(&self) -> PathBuf {
        let directory = self.path().join("postgres");
        fs::create_dir(&directory).expect("the disk can be written");
        if rustix::process::getuid().is_root() {
            as_root("chown", ["postgres".as_ref(), directory.as_os_str()]);
        }
        directory
    }

    /// Takes all the room that is left. [`Self::make_room`] gives it back.
    ///
    /// # Panics
    /// Where it can't be written for another reason.
    pub fn fill(&self) {
        let mut ballast = File::create(self.ballast()).expect("there is room for a name");
        // Large pieces first, then what is left between them.
        for piece in [vec![0; 1 << 16], vec![0; 1]] {
            let full = std::iter::repeat_with(|| ballast.write_all(&piece)).find_map(Result::err);
            assert!(full.is_some_and(|error| error.kind() == ErrorKind::StorageFull), "it is not full");
        }
    }

    /// Gives back what [`Self::fill`] took.
    ///
    /// # Panics
    /// Where it was not called.
    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Nothing can be written any more, also not to files that are open: what the kernel does when a disk fails.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn break_for_writing(&self) {
        as_root("mount", ["-o".as_ref(), "remount,abort".as_ref(), self.path().as_os_str()]);
    }

    /// Mounts it anew, so that it can be written again. Nobody may have a file of it open.
    ///
    /// # Panics
    /// Where somebody has.
    pub fn mend(&self) {
        as_root("umount", [self.path().as_os_str()]);
        self.mount();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Also where a process that is on its way out has a file of it open. A second panic here would hide the first one.
        let _ = command("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// A program that only root may run.
fn command(program: &str) -> Command {
    if rustix::process::getuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg("-n").arg(program);
    command
}

fn as_root<'a>(program: &str, arguments: impl IntoIterator<Item = &'a OsStr>) {
    let output = command(program).args(arguments).output().expect("a program can be run");
    assert!(output.status.success(), "{program}, which takes root: {}", String::from_utf8_lossy(&output.stderr));
}
