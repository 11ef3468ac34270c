#!/usr/bin/env bash
# Installs the artefacts into a local repository of its own, and runs an app that knows nothing else, first its Kotlin and then its Java,
# against a real key server. test.sh has built the native library and the server.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# shellcheck source=bindings/kotlin/native.sh
. "$here/native.sh"
# shellcheck source=reference-server/testbed/dev_server.sh
. reference-server/testbed/dev_server.sh

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
"$target/lock-keeper-server" dev --listen 127.0.0.1:0 --data "$work/data" --json >"$work/server.log" 2>&1 &
server=$!

# The artefacts are installed beside what Maven has fetched already, which is then looked for there: nothing is fetched twice.
# Of the artefacts themselves only what is installed now can be found.
fetched=$(mvn -q -B org.apache.maven.plugins:maven-help-plugin:3.5.1:evaluate -Dexpression=settings.localRepository -DforceStdout)
repository=$work/repository
mkdir -p "$repository"
for entry in "$fetched"/*; do [ "$(basename "$entry")" = io ] || ln -s "$entry" "$repository/"; done
if [ -d "$fetched/io" ]; then
    mkdir "$repository/io"
    for entry in "$fetched"/io/*; do [ "$(basename "$entry")" = lockkeeper ] || ln -s "$entry" "$repository/io/"; done
fi

mvn -f "$here/pom.xml" -B -q -ntp "-Dmaven.repo.local=$repository" "${native_arguments[@]}" -Dmaven.test.skip=true install
cp -r "$here/consumer" "$work/app"
mvn -f "$work/app/pom.xml" -B -q -ntp "-Dmaven.repo.local=$repository" compile \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/classpath"

wait_until_ready "$server" "$work/data" "$work/server.log"
for main in MainKt KeepASecret; do
    java -cp "$work/app/target/classes:$(cat "$work/classpath")" "$main" "$work/data/connect.json" "$work/state"
done
