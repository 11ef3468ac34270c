import Foundation
import Testing

/// The documents say what compiles.
@Suite struct Documents {
    /// bindings/swift.
    private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func everySnippetOfTheDocumentsStandsInTheConsumerWhichIsCompiledAndRun() throws {
        let consumer = package.appendingPathComponent("consumer/Sources/Consumer")
        let sources = try files(in: consumer, named: ".swift").map { try lines(of: $0).joined(separator: "\n") }
        let catalogue = package.appendingPathComponent("Sources/LockKeeper/LockKeeper.docc")
        let documents = try files(in: catalogue, named: ".md") + [package.appendingPathComponent("README.md")]
        var seen = 0
        for document in documents {
            for snippet in try snippets(in: document) {
                seen += 1
                let stands = sources.contains { $0.contains(snippet) }
                #expect(stands, "\(document.lastPathComponent): \(snippet)")
            }
        }
        #expect(seen >= 7, "the snippets were found")
    }

    private func files(in folder: URL, named suffix: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix(suffix) }
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
