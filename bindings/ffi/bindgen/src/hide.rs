//! Takes what UniFFI generates out of the public API.

/// Words that may stand before a declaration's keyword in Kotlin.
const KOTLIN_MODIFIERS: [&str; 13] = [
    "open",
    "data",
    "sealed",
    "abstract",
    "final",
    "annotation",
    "inline",
    "value",
    "suspend",
    "operator",
    "external",
    "const",
    "lateinit",
];
/// Words that begin a declaration in Kotlin.
const KOTLIN_DECLARATIONS: [&str; 8] = ["class", "interface", "object", "fun", "val", "var", "typealias", "enum"];

/// Words that may stand before a declaration's visibility in Swift.
const SWIFT_MODIFIERS: [&str; 5] = ["required", "convenience", "static", "override", "final"];

/// Makes every declaration at the top level `internal`. What lies inside follows.
pub(crate) fn kotlin(source: &str) -> String {
    // UniFFI writes a function at the top level behind its comment, or behind a blank where it has none.
    let source = source.replace("*/ fun ", "*/\nfun ").replace("\n fun ", "\nfun ");
    lines(&source, |line| {
        let bare = line.strip_prefix("public ").or_else(|| line.strip_prefix("internal ")).unwrap_or(line);
        let first = bare.split(' ').find(|word| !KOTLIN_MODIFIERS.contains(word)).unwrap_or_default();
        if KOTLIN_DECLARATIONS.contains(&first) { format!("internal {bare}") } else { line.to_owned() }
    })
}

/// Makes every declaration `package` instead of `public` or `open`: in Swift those inside do not follow.
pub(crate) fn swift(source: &str) -> String {
    lines(source, |line| {
        let code = line.trim_start();
        let mut words: Vec<&str> = code.split(' ').collect();
        let visibility = words.iter_mut().find(|word| !SWIFT_MODIFIERS.contains(word));
        match visibility {
            Some(word) if matches!(*word, "public" | "open") => *word = "package",
            _ => return line.to_owned(),
        }
        format!("{}{}", &line[..line.len() - code.len()], words.join(" "))
    })
}

fn lines(source: &str, change: impl Fn(&str) -> String) -> String {
    source.lines().map(|line| change(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_kotlins_top_level_is_internal_and_what_is_private_stays_private() {
        let source = "public interface A {\n    public fun a()\n}\nopen class B\ndata class C (\n /** d */ fun `d`() {}\n fun `e`() {}\nprivate class E\ninternal object F\nsealed class G\nenum class H {\n    I\n}\n";
        let hidden = "internal interface A {\n    public fun a()\n}\ninternal open class B\ninternal data class C (\n /** d */\ninternal fun `d`() {}\ninternal fun `e`() {}\nprivate class E\ninternal object F\ninternal sealed class G\ninternal enum class H {\n    I\n}\n";
        assert_eq!(kotlin(source), hidden);
    }

    #[test]
    fn nothing_that_swift_declares_stays_public_or_open() {
        let source = "open class A: B {\n    required public init() {}\n    // public words in a comment\n    private let c = 1\n}\npublic func d() {}\n";
        let hidden = "package class A: B {\n    required package init() {}\n    // public words in a comment\n    private let c = 1\n}\npackage func d() {}\n";
        assert_eq!(swift(source), hidden);
    }
}
