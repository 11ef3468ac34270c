# Sourced: whether Google's Maven repository can be reached.

# google_answers MAVEN_ARGUMENT...: a build that fails has to fail, so only one small artefact says whether the repository is there.
# Whatever else goes wrong ends the script.
google_answers() {
    local said
    ! said=$(mvn -B -q -ntp -f "$(dirname "${BASH_SOURCE[0]}")/google.xml" "$@" -U org.apache.maven.plugins:maven-dependency-plugin:3.6.1:resolve 2>&1) || return 0
    grep -qE 'Could not (find|transfer) artifact androidx\.annotation:' <<<"$said" || { echo "$said" >&2 && exit 1; }
    return 1
}
