//! Logs, one event a line, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::settings::LogFormat;

/// Libraries that would otherwise log what we cannot vouch for: addresses, statements, bytes.
const QUIET: [&str; 6] = ["actix_http", "actix_server", "actix_web", "diesel", "mio", "rustls"];

/// A filter such as `info` or `info,lock_keeper_server=debug`. Libraries beneath us are heard from `warn` on, unless
/// the filter names them.
///
/// # Errors
/// A sentence for the operator.
pub fn parse_filter(text: &str) -> Result<EnvFilter, String> {
    let wanted = "must be error, warn, info, debug or trace, or a filter such as info,lock_keeper_server=debug";
    let is_level = |part: &str| ["error", "warn", "info", "debug", "trace", "off"].contains(&part);
    // EnvFilter takes any word for a target; a misspelt level would silence everything.
    if !text.split(',').all(|part| is_level(part.rsplit('=').next().unwrap_or_default())) {
        return Err(wanted.to_owned());
    }
    let quiet = QUIET.iter().filter(|target| !text.contains(**target)).map(|target| format!(",{target}=warn"));
    EnvFilter::builder().parse(text.to_owned() + &quiet.collect::<String>()).map_err(|_| wanted.to_owned())
}

/// Sends this process's logs to standard error. Does nothing where logs have been started before.
///
/// # Errors
/// As [`parse_filter`].
pub fn start_logs(level: &str, format: LogFormat) -> Result<(), String> {
    let filter = parse_filter(level)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    // Starting twice happens only where the library is embedded or tested; the first subscriber then stays.
    let _ = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).finish().try_init(),
        LogFormat::Text => builder.compact().finish().try_init(),
    };
    Ok(())
}
