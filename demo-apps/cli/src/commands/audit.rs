use lock_keeper_core::{AuditCursor, AuditFilter, AuditKind};

use super::Context;
use crate::arguments::Audit;
use crate::failure::Failure;
use crate::output::Report;

pub(super) fn run(context: &Context<'_>, audit: &Audit) -> Result<Report, Failure> {
    let session = context.open_session(&audit.account)?;
    let filter = AuditFilter {
        kind: audit.kind.map(AuditKind::from),
        secrets: audit.secret.clone(),
        after: audit.after,
        before: audit.before,
    };
    let mut entries = Vec::new();
    let mut next = Some(AuditCursor::newest());
    // To the very first entry, whatever the filter: only then is all of the log verified.
    while let Some(cursor) = next {
        let page = session.audit(&filter, cursor, &context.device.call()?)?;
        entries.extend(page.entries);
        next = page.next;
    }
    Ok(Report::Audited { entries, filtered: filter != AuditFilter::default() })
}
