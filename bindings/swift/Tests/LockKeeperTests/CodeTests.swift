import Foundation
import Testing

@testable import LockKeeper

/// Each code is provoked against the real core by a test, or stands here with the reason why not.
@Suite struct Codes {
    private let leftOut = [
        "dataTampered": "a server notices a changed row by its own seal, and fails; only one that lies with its own keys gets there",
        "internal": "it is a defect: a panic of the core, or a thread that could not be made",
    ]

    @Test func eachCodeIsProvokedByATestOrLeftOutWithAReason() throws {
        let named = try text(of: PackageFiles.file("Sources/LockKeeper/ErrorCode.swift"))
            .matches(of: /public static let `?(\w+)`? = Self\(rawValue: "(\w+)"\)/)
        #expect(Set(named.map { String($0.2) }) == Set(LockKeeperError.Code.known.map(\.rawValue)))
        // The fake server's tests show nothing of the core, and those of the error type provoke nothing.
        let tests = try PackageFiles.named("Tests.swift", in: "Tests/LockKeeperTests")
            .filter { !["CodeTests.swift", "ErrorTests.swift", "FakeTests.swift"].contains($0.lastPathComponent) }
            .map(text)
        let names = Set(named.map { String($0.1) })
        let provoked = try names.filter { name in
            let expectation = try Regex("fails\\(\\.\(name)\\b|error\\.code == \\.\(name)\\b")
            return tests.contains { $0.contains(expectation) }
        }
        #expect(provoked == names.subtracting(leftOut.keys))
        #expect(names.isSuperset(of: leftOut.keys))
    }

    private func text(of file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
    }
}
