import Foundation

extension KeyServer {
    /// Changes the embedded database behind the server's back.
    func sqlite(_ statements: String) async throws {
        let database = data.appendingPathComponent("lock-keeper.sqlite").path
        try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
            process.arguments = ["-bail", "-cmd", ".timeout 10000", database, "BEGIN IMMEDIATE; \(statements); COMMIT;"]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Trouble("sqlite3 failed: \(statements)") }
        }
    }
}
