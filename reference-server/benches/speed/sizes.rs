//! How large the stripped binaries are that `sizes.sh` has made.

use std::fs;

use serde_json::{Value, json};

use crate::table::{Table, folder, heading, remark};

/// Reads them; answers the figures.
pub(crate) fn measure() -> Value {
    let folder = folder().join("stripped");
    let Ok(files) = fs::read_dir(&folder) else {
        remark("No binaries were stripped: reference-server/benches/sizes.sh makes them.");
        return Value::Null;
    };
    let mut sizes: Vec<(String, u64)> = files
        .flatten()
        .map(|file| {
            let bytes = file.metadata().expect("the file is there").len();
            (file.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    sizes.sort();
    heading("Sizes", "Release builds, stripped.");
    let mut table = Table::new(&["binary", "MB"]);
    for (name, bytes) in &sizes {
        table.row(vec![name.clone(), format!("{:.2}", *bytes as f64 / 1e6)]);
    }
    table.print();
    sizes.into_iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes })).collect()
}
