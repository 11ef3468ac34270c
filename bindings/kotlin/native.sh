# Sourced: where the native library of this machine is, in Maven's words, and how JNA calls the machine.
target=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
case "$(uname -s)" in
Darwin) system=darwin suffix=dylib ;;
*) system=linux suffix=so ;;
esac
case "$(uname -m)" in
x86_64) machine=x86-64 ;;
arm64 | aarch64) machine=aarch64 ;;
*) machine=$(uname -m) ;;
esac
native_arguments=("-Dnative.library=$target/liblock_keeper_ffi.$suffix" "-Dnative.system=$system-$machine")
