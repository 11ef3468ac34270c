import Foundation

/// The files of the package, as they stand in the clone.
enum PackageFiles {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The files of a folder whose names end so, without those of folders in it.
    static func named(_ suffix: String, in folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: file(folder), includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix(suffix) }
    }

    /// The file at a path that begins in bindings/swift.
    static func file(_ path: String) -> URL { root.appendingPathComponent(path) }
}
