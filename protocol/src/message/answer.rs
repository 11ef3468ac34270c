use minicbor::{Decode, Encode};

use super::Origin;
use crate::audit::ChainHead;
use crate::cbor::{Blob, Bytes, Nullable};
use crate::identity::SecretId;
use crate::opaque::REGISTRATION_RESPONSE;

/// The payload of a server frame after frame 0 (section 7.3).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Reply {
    /// What came of the frame.
    #[n(0)]
    pub answer: Answer,
    /// The leaf hashes that this frame appended, 32 bytes each, where they follow right on the head that its request had seen; else
    /// empty. A device that follows them has nothing to catch up with at its next login.
    #[n(1)]
    pub leaves: Blob,
}

/// What came of an operation or of a continuation (section 7.3); in a welcome, of the first request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// The operation did not happen.
    #[n(0)]
    Problem {
        /// A code of section 9.
        #[n(0)]
        code: String,
    },
    /// It happened, and there is nothing to say: complete registration, delete, commit of a password change, delete account.
    #[n(1)]
    Done,
    /// The secret is kept.
    #[n(2)]
    Stored {
        /// When, in milliseconds since the Unix epoch.
        #[n(0)]
        created_at: u64,
    },
    /// A secret.
    #[n(3)]
    Retrieved(#[n(0)] RetrievedSecret),
    /// A page of the list, in the order of the ids.
    #[n(4)]
    Listed {
        /// The items.
        #[n(0)]
        items: Vec<SecretListed>,
        /// Whether there are more after the last one.
        #[n(1)]
        more: bool,
    },
    /// A page of the audit log.
    #[n(5)]
    Audited(#[n(0)] AuditPage),
    /// The OPAQUE registration response for the new password.
    #[n(6)]
    PasswordChangeBegun {
        /// The response.
        #[n(0)]
        response: Bytes<REGISTRATION_RESPONSE>,
    },
    /// Leaf hashes, 32 bytes each, oldest first.
    #[n(7)]
    Links {
        /// The hashes.
        #[n(0)]
        leaves: Blob,
    },
}

/// A secret as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RetrievedSecret {
    /// Where it came from, as the server says. The client goes by what opens.
    #[n(0)]
    pub origin: Origin,
    /// When it was stored, in milliseconds since the Unix epoch, as the server says.
    #[n(1)]
    pub created_at: u64,
    /// The sealed secret.
    #[n(2)]
    pub sealed_secret: Blob,
    /// The sealed label.
    #[n(3)]
    pub sealed_label: Blob,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SecretListed {
    /// Its id.
    #[n(0)]
    pub id: SecretId,
    /// Where it came from; the sealed label opens only under the right origin.
    #[n(1)]
    pub origin: Origin,
    /// When it was stored, in milliseconds since the Unix epoch, as the server says.
    #[n(2)]
    pub created_at: u64,
    /// The sealed label.
    #[n(3)]
    pub sealed_label: Blob,
}

/// A contiguous page of the audit log (section 8.5).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AuditPage {
    /// The head that the page leads up to: that of the log with this operation's own entry; null where the page was asked for by its place.
    #[n(0)]
    pub head: Nullable<ChainHead>,
    /// The place of the oldest entry on the page.
    #[n(1)]
    pub from: u64,
    /// The value of the chain before that entry.
    #[n(2)]
    pub before: Bytes<32>,
    /// The entries, newest first.
    #[n(3)]
    pub entries: Vec<LoggedEntry>,
}

/// One entry as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LoggedEntry {
    /// 16 random bytes, so that a leaf hash tells nothing of its entry.
    #[n(0)]
    pub salt: Bytes<16>,
    /// The encoded [`crate::audit::Entry`].
    #[n(1)]
    pub entry: Blob,
}
