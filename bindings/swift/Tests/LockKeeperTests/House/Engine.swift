import Foundation

/// The databases that a key server can stand on.
enum Engine: String, CaseIterable, Sendable {
    case embedded
    case postgres

    /// Postgres too, where test.sh was given a cluster.
    static let allUnderTest = postgresURL == nil ? [embedded] : allCases

    /// A server on this engine that belongs to the test.
    func server() async throws -> KeyServer {
        switch self {
        case .embedded: try await KeyServer()
        case .postgres: try await KeyServer.onPostgres()
        }
    }
}

/// An empty database that test.sh has made.
let postgresURL = ProcessInfo.processInfo.environment["LOCK_KEEPER_SWIFT_POSTGRES"]
