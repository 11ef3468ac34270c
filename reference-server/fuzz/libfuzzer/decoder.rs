//! Gives libFuzzer's inputs to the target that `LOCK_KEEPER_FUZZ_TARGET` names: one program for all, since it takes long to link.

#![no_main]

use std::sync::LazyLock;

use lock_keeper_fuzz::Target;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("LOCK_KEEPER_FUZZ_TARGET").expect("LOCK_KEEPER_FUZZ_TARGET names a target");
    lock_keeper_fuzz::target(&name).unwrap_or_else(|| panic!("there is no target {name}"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
