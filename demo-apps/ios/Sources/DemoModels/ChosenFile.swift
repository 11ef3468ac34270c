import Foundation
import LockKeeper

/// What is in a file that the person has chosen.
enum ChosenFile {
    /// A secret has 32 KiB at most. One byte more is enough for the file to be refused, and no file is too large for the memory.
    private static let limit = 32 * 1024 + 1

    /// Reads the beginning of a file, as much as is needed to keep it or to refuse it, away from the caller's thread.
    static func read(_ file: URL) async throws -> SecretBytes {
        try await Task.detached {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var contents = try handle.read(upToCount: limit) ?? Data()
            defer { contents.resetBytes(in: contents.indices) }
            return SecretBytes(contents)
        }.value
    }
}
