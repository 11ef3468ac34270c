//! `POST /v1/session/finish`.

use lock_keeper_testbed::{Device, each_engine};

#[test]
fn the_same_body_again_gets_the_same_bytes() {
    each_engine(|server| {
        let device = Device::register(server, "ada", "correct horse");
        let login = device.start_login();
        let first = device.send_finish(&login);
        let again = device.send_finish(&login);
        assert_eq!(first.success(), again.success());
    });
}
