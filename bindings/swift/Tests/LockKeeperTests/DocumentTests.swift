import Foundation
import Testing

/// The documents say what compiles.
@Suite struct Documents {
    /// Articles without a snippet, and why.
    private let withoutSnippet = ["ExportCompliance.md": "it is about law, and nothing in it is called"]

    @Test func everySnippetOfTheDocumentsStandsInTheConsumerWhichIsCompiledAndRun() throws {
        let sources = try PackageFiles.named(".swift", in: "consumer/Sources/Consumer")
            .map { try lines(of: $0).joined(separator: "\n") }
        for document in try articles() + [PackageFiles.file("README.md")] {
            for snippet in try snippets(in: document) {
                let stands = sources.contains { $0.contains(snippet) }
                #expect(stands, "\(document.lastPathComponent): \(snippet)")
            }
        }
    }

    @Test func everyArticleHasASnippetButThoseThatNeedNone() throws {
        let bare = try articles().filter { try snippets(in: $0).isEmpty }.map(\.lastPathComponent)
        #expect(Set(bare) == Set(withoutSnippet.keys))
        #expect(try !snippets(in: PackageFiles.file("README.md")).isEmpty)
    }

    private func articles() throws -> [URL] {
        try PackageFiles.named(".md", in: "Sources/LockKeeper/LockKeeper.docc")
    }

    /// Without indentation and empty lines, which differ in a document.
    private func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    private func snippets(in document: URL) throws -> [String] {
        try lines(of: document).joined(separator: "\n").components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }
    }
}
