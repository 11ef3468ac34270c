use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, SentFrame, ServerChannel, frame_session};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::{Key, Key32};

use crate::fixed;

const SESSION: SessionId = SessionId([5; 48]);

fn keys() -> Key<128> {
    Key::init(|bytes| bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n))
}

fn server() -> ServerChannel {
    ServerChannel::new(ChannelKeys::from_bytes(&keys()), SESSION)
}

/// Puts the right tag behind the bytes, so that what comes after the check of the tag is reached.
fn tagged(bytes: &[u8], mac_key: usize) -> Vec<u8> {
    use hmac::Mac as _;
    let key = Key32::init(|key| key.copy_from_slice(&keys().expose()[mac_key..mac_key + 32]));
    let tag = key.hmac().chain_update(bytes).finalize().into_bytes();
    [bytes, &tag].concat()
}

/// The client's first two frames.
fn client_frames() -> (ClientChannel, [SentFrame; 2]) {
    let mut rng = fixed::rng();
    let mut channel = ClientChannel::new(ChannelKeys::from_bytes(&keys()), SESSION);
    let mut seal = |payload: &[u8]| channel.seal(&mut rng, payload.to_vec().into()).expect("the payload fits");
    let frames = [seal(b"hello"), seal(b"request")];
    (channel, frames)
}

/// The server's answer to the second of them.
fn server_frame() -> Vec<u8> {
    let (_, [_, sent]) = client_frames();
    let opened = server().open(sent.as_bytes()).expect("it is the client's");
    server().answer(&mut fixed::rng(), &opened, b"answer".to_vec().into()).expect("the payload fits")
}

/// A server opens the client's frames and nothing else.
pub(crate) fn run_client(bytes: &[u8]) {
    if let Ok(session) = frame_session(bytes) {
        assert_eq!(session.0, bytes[3..51]);
    }
    let seeds = client_seeds();
    for frame in [bytes.to_vec(), tagged(bytes, 32)] {
        assert!(server().open(&frame).is_err() || seeds.contains(&frame), "a frame that the client did not seal");
    }
}

pub(crate) fn client_seeds() -> Vec<Vec<u8>> {
    client_frames().1.iter().map(|frame| frame.as_bytes().to_vec()).collect()
}

/// A client opens the one answer to its frame and nothing else.
pub(crate) fn run_server(bytes: &[u8]) {
    let (channel, [first, second]) = client_frames();
    let genuine = server_frame();
    for frame in [bytes.to_vec(), tagged(bytes, 96)] {
        assert!(channel.open(&first, &frame).is_err(), "an answer to another frame");
        assert!(channel.open(&second, &frame).is_err() || frame == genuine, "an answer that the server did not seal");
    }
}

pub(crate) fn server_seeds() -> Vec<Vec<u8>> {
    vec![server_frame()]
}
