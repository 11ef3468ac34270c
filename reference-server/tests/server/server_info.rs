//! `GET /v1/server`.

use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::message::{CBOR, ServerInfo, SessionLimits, path};
use lock_keeper_testbed::{RawClient, Server, Settings, each_engine_with};

#[test]
fn the_server_says_what_it_is() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let reply = RawClient::new(server).get(path::SERVER);
        assert_eq!(reply.header("content-type"), Some(CBOR));
        let info: ServerInfo = cbor::decode(reply.success()).unwrap();
        assert_eq!(info.versions, [1]);
        assert_eq!(info.realm, server.realm().as_str());
        assert_eq!(info.public_keys, [Bytes(server.public_key())]);
        assert_eq!(info.limits, SessionLimits { operations: 16, idle: 120, total: 900 });
    });
}

#[test]
fn its_key_is_the_same_after_a_restart_and_on_each_server_of_one_database() {
    each_engine_with(&Settings::default(), |server| {
        let before = server.public_key();
        server.restart();
        assert_eq!(server.public_key(), before);
        assert_eq!(Server::beside(server).public_key(), before);
    });
}
