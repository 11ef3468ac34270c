use lock_keeper_core::Code;
use lock_keeper_core::vault::ExportedSecret;

use super::Context;
use crate::arguments::Export;
use crate::failure::Failure;
use crate::new_file;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, export: &Export) -> Result<Report, Failure> {
    new_file::check(&export.out)?;
    let session = context.open_session(&export.secret.account)?;
    let id = export.secret.id;
    let bytes = session.export(id, &context.device.call()?)?;
    let parts = ExportedSecret::parse(bytes.expose()).map_err(|_| Failure::from(Code::Internal))?;
    new_file::write(&export.out, bytes.expose())?;
    Ok(Report::Exported { id, out: export.out.display().to_string(), bytes, parts })
}
