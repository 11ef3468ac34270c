use lock_keeper_protocol::message::PROBLEM;
use lock_keeper_protocol::problem::Problem;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header fields in the order of their arrival, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    pub(super) fn from_head(head: &str) -> Self {
        let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
        let status_line = lines.next().expect("an answer has a first line");
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header field has a name"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status: status.expect("an answer has a status"), headers, body: Vec::new() }
    }

    pub(super) fn announced_length(&self) -> usize {
        self.header("content-length").map_or(0, |length| length.parse().expect("a length is a number"))
    }

    pub(super) fn closes(&self) -> bool {
        self.header("connection") == Some("close")
    }

    /// The value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Seconds to wait, as the header field says.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").map(|seconds| seconds.parse().expect("seconds are a number"))
    }

    /// The problem that the answer names; none where it is no problem document.
    ///
    /// # Panics
    /// Where the document is not as RFC 9457 and `docs/protocol.md` have it.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        if self.header("content-type") != Some(PROBLEM) {
            return None;
        }
        let document: serde_json::Value = serde_json::from_slice(&self.body).expect("a problem document is JSON");
        let problem = document["code"].as_str().and_then(Problem::from_code).expect("its code is known");
        assert_eq!(document["status"], self.status, "the document has the status of the answer");
        assert_eq!(problem.status(), self.status, "the status is the code's");
        Some(problem)
    }

    /// The body of an answer that is no refusal.
    ///
    /// # Panics
    /// Where it is one.
    #[must_use]
    pub fn success(&self) -> &[u8] {
        assert_eq!(self.status, 200, "the request was refused: {:?}", self.problem());
        &self.body
    }

    /// # Panics
    /// Where the answer is not exactly this refusal.
    #[track_caller]
    pub fn assert_refused(&self, problem: Problem) {
        assert_eq!((self.status, self.problem()), (problem.status(), Some(problem)));
    }
}
