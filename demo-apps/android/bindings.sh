# Sourced, at the root of the project: installs the Kotlin bindings into a local repository of the demo app's own, and says in
# `maven_arguments` where that is. target/debug has the native library and the server.
# shellcheck source=bindings/kotlin/native.sh
. bindings/kotlin/native.sh

# Beside what Maven has fetched already, which is then looked for there: nothing is fetched twice.
repository=$PWD/demo-apps/android/target/repository
fetched=$(mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-help-plugin:3.5.1:evaluate -Dexpression=settings.localRepository -DforceStdout)
mkdir -p "$repository/io" "$fetched"
for entry in "$fetched"/*; do [ "$(basename "$entry")" = io ] || ln -sfn "$entry" "$repository/"; done
if [ -d "$fetched/io" ]; then
    for entry in "$fetched"/io/*; do [ "$(basename "$entry")" = lockkeeper ] || ln -sfn "$entry" "$repository/io/"; done
fi

case "$system-$machine" in
linux-x86-64) skiko=linux-x64 ;;
linux-aarch64) skiko=linux-arm64 ;;
darwin-x86-64) skiko=macos-x64 ;;
darwin-aarch64) skiko=macos-arm64 ;;
*) echo "Compose has no library for $system-$machine" >&2 && exit 69 ;;
esac
maven_arguments=(-B -q -ntp "-Dmaven.repo.local=$repository" "-Dskiko.system=$skiko")

mvn -f bindings/kotlin/pom.xml "${maven_arguments[@]}" "${native_arguments[@]}" -Dmaven.test.skip=true install
