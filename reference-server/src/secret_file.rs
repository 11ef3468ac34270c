//! Files that hold secrets, and who else may read them.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

/// Reads a secret of at most `limit` bytes. A file that others can read, or that a group can write, is refused; one that
/// a group can read is not (0440, 0640), so that an orchestrator can hand secrets to a service's group.
///
/// # Errors
/// A sentence for the operator.
pub(crate) fn read_secret_file(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, String> {
    let shown = path.display();
    let mut file = File::open(path).map_err(|error| format!("{shown} cannot be opened: {error}"))?;
    let metadata = file.metadata().map_err(|error| format!("{shown} cannot be looked at: {error}"))?;
    if !metadata.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o037 != 0 {
        return Err(format!(
            "{shown} has mode {mode:04o}, so others than its owner can get at the secret; make it 0600 (or 0440 for a group)"
        ));
    }
    if metadata.len() > limit as u64 {
        return Err(format!("{shown} is longer than {limit} bytes"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    file.by_ref()
        .take(limit as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{shown} cannot be read: {error}"))?;
    Ok(bytes)
}
