/// How client and server go about it: as the product does, or wrongly in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Product,
    /// The commit does not look whether head and number are still as they were read.
    CommitsWhateverWasRead,
    /// The number moves in one commit, and the answer is kept in the next.
    KeepsTheAnswerInAnotherCommit,
    /// A frame that was taken before is refused.
    TakesTheNextNumberOnly,
    /// The client does not send the same bytes again, but seals them anew.
    SealsANumberTwice,
    /// The server does not keep the answer, but seals it anew.
    SealsTheAnswerAnew,
    /// Nothing in the database keeps two secrets from having one id.
    StoresAnIdTwice,
}
