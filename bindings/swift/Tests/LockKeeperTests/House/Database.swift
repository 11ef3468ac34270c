import Foundation

#if canImport(Glibc)
    import Glibc
#endif

extension KeyServer {
    /// Changes the embedded database behind the server's back.
    func sqlite(_ statements: String) async throws {
        _ = try await blocking { try self.runSQLite("BEGIN IMMEDIATE; \(statements); COMMIT;") }
    }

    /// Reads one value from the embedded database. It blocks.
    func read(_ select: String) throws -> String {
        try runSQLite(select).trimmingCharacters(in: .newlines)
    }

    private func runSQLite(_ statements: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        let database = data.appendingPathComponent("lock-keeper.sqlite").path
        process.arguments = ["-bail", "-cmd", ".timeout 10000", database, statements]
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Trouble("sqlite3 failed: \(statements)") }
        return String(decoding: said, as: UTF8.self)
    }
}

extension Engine {
    /// Changes the database of a server on this engine behind its back.
    func change(_ server: KeyServer, _ statement: String) async throws {
        switch self {
        case .embedded: try await server.sqlite(statement)
        case .postgres: try await blocking { try onPostgres(statement) }
        }
    }

    /// Bytes as this engine's SQL writes them.
    func literal(hexadecimal digits: String) -> String {
        switch self {
        case .embedded: "x'\(digits)'"
        case .postgres: "'\\x\(digits)'"
        }
    }
}

/// Runs a statement on Postgres, by the library that the server under test needs too: so no client has to be installed.
private func onPostgres(_ statement: String) throws {
    typealias Text = UnsafePointer<CChar>
    guard let postgresURL, let library = dlopen("libpq.so.5", RTLD_NOW) else { throw Trouble("there is no Postgres") }
    func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
        guard let found = dlsym(library, name) else { throw Trouble("libpq has no \(name)") }
        return unsafeBitCast(found, to: type)
    }
    let connect = try function("PQconnectdb", as: (@convention(c) (Text) -> OpaquePointer?).self)
    let execute = try function("PQexec", as: (@convention(c) (OpaquePointer?, Text) -> OpaquePointer?).self)
    let changed = try function("PQcmdTuples", as: (@convention(c) (OpaquePointer?) -> Text).self)
    let message = try function("PQerrorMessage", as: (@convention(c) (OpaquePointer?) -> Text).self)
    let clear = try function("PQclear", as: (@convention(c) (OpaquePointer?) -> Void).self)
    let finish = try function("PQfinish", as: (@convention(c) (OpaquePointer?) -> Void).self)
    let connection = connect(postgresURL)
    defer { finish(connection) }
    let result = execute(connection, statement)
    defer { clear(result) }
    guard String(cString: changed(result)) == "1" else {
        throw Trouble("not one row was changed: \(statement) \(String(cString: message(connection)))")
    }
}
