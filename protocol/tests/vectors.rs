//! The code against `docs/vectors/`. `UPDATE_VECTORS=1` writes the files anew.

#[path = "vectors/audit.rs"]
mod audit;
#[path = "vectors/channel.rs"]
mod channel;
#[path = "support/given.rs"]
mod given;
#[path = "vectors/identities.rs"]
mod identities;
#[path = "vectors/messages.rs"]
mod messages;
#[path = "vectors/opaque.rs"]
mod opaque;
#[path = "support/vector_file.rs"]
mod vector_file;
