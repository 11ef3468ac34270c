//! Times as people and scripts write them.

use std::time::SystemTime;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Reads a time in RFC 3339, or a date, which is its first moment in UTC.
pub(crate) fn parse(text: &str) -> Result<SystemTime, &'static str> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let moment = OffsetDateTime::parse(&whole, &Rfc3339)
        .map_err(|_| "a time is a date like 2026-11-24 or RFC 3339 like 2026-11-24T16:00:00Z")?;
    Ok(moment.into())
}

/// For scripts: RFC 3339 in UTC with milliseconds.
pub(crate) fn rfc3339(moment: SystemTime) -> String {
    let moment = OffsetDateTime::from(moment).to_offset(UtcOffset::UTC);
    format!("{}T{}.{:03}Z", moment.date(), clock(moment), moment.millisecond())
}

/// For people: date and time of day, in UTC.
pub(crate) fn readable(moment: SystemTime) -> String {
    let moment = OffsetDateTime::from(moment).to_offset(UtcOffset::UTC);
    format!("{} {}", moment.date(), clock(moment))
}

fn clock(moment: OffsetDateTime) -> String {
    format!("{:02}:{:02}:{:02}", moment.hour(), moment.minute(), moment.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_in_utc() {
        assert_eq!(parse("2026-11-24"), parse("2026-11-24T00:00:00Z"));
        assert_eq!(parse("2026-11-24"), parse("2026-11-24T01:00:00+01:00"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let moment = parse("2026-02-03T04:05:06.007Z").unwrap();
        assert_eq!(rfc3339(moment), "2026-02-03T04:05:06.007Z");
        assert_eq!(readable(moment), "2026-02-03 04:05:06");
        assert_eq!(parse(&rfc3339(moment)), Ok(moment));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in ["", "yesterday", "2026-13-01", "2026-11-24T16:00", "24.11.2026"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
