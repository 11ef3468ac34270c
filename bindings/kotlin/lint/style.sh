# Sourced: the style (ktlint) and the smells (detekt) of Kotlin sources, by the rules that are here.
lint=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

maven() { mvn -B -q -ntp "$@"; }

# The classpath of a tool, fetched once for each version of its pom.
classpath() {
    local file=$lint/../target/lint/$1-$(sha256sum "$lint/$1.xml" | cut -c1-16).classpath
    if [ ! -s "$file" ]; then
        mkdir -p "$lint/../target/lint"
        maven -f "$lint/$1.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$file" >&2
    fi
    cat "$file"
}

# style FOLDER...: in the working directory. Formats too where `write` says something; `rules` are more rules for detekt.
style() {
    local opens=(--add-opens=java.base/java.lang=ALL-UNNAMED)
    java "${opens[@]}" -cp "$(classpath ktlint)" com.pinterest.ktlint.Main --relative ${write:+--format} "${@/%//**/*.kt}"
    java "${opens[@]}" -cp "$(classpath detekt)" io.gitlab.arturbosch.detekt.cli.Main --build-upon-default-config \
        --config "$lint/detekt.yml${rules:+,$rules}" --input "$(IFS=, && echo "$*")" --excludes '**/target/**,**/robolectric/**,**/keystore/**'
}
