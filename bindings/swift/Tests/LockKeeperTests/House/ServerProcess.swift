import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A process of `lock-keeper-server`, which has said that it is ready.
final class ServerProcess: @unchecked Sendable {
    private let process = Process()
    /// The line with which it said so.
    let ready: String

    /// Starts it, and waits for a line with `readiness` in it.
    private init(_ arguments: [String], environment: [String: String], readiness: String) throws {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("lock-keeper-\(UUID()).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        process.executableURL = URL(fileURLWithPath: try Self.binary())
        process.arguments = arguments
        process.environment = environment
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        while true {
            let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            if let line = lines.dropLast().first(where: { $0.contains(readiness) }) {
                ready = String(line)
                return
            }
            guard process.isRunning else { throw Trouble("the server has ended: \(lines.joined(separator: "\n"))") }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    deinit {
        kill()
    }

    static func start(
        _ arguments: [String], environment: [String: String] = [:], readiness: String
    ) async throws -> ServerProcess {
        try await blocking { try ServerProcess(arguments, environment: environment, readiness: readiness) }
    }

    /// Runs a command of the binary to its end.
    static func run(_ arguments: [String], environment: [String: String]) async throws {
        try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try binary())
            process.arguments = arguments
            process.environment = environment
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Trouble("\(arguments) failed") }
        }
    }

    /// Ends it in the middle of whatever it does.
    func kill() {
        guard process.isRunning else { return }
        send(SIGKILL)
        process.waitUntilExit()
    }

    /// Holds it where it is: what is sent to it arrives and is not answered.
    ///
    /// On a busy machine a process goes on for a while before it takes the signal, so this waits until each of its threads has stopped.
    func freeze() throws {
        send(SIGSTOP)
        #if canImport(Glibc)
            let threads = "/proc/\(process.processIdentifier)/task"
            while try FileManager.default.contentsOfDirectory(atPath: threads).contains(where: { thread in
                // The state stands behind the name, which is in brackets.
                let stat = try? String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8)
                return stat?.components(separatedBy: ") ").last?.first != "T"
            }) {
                Thread.sleep(forTimeInterval: 0.005)
            }
        #endif
    }

    /// Lets it go on.
    func thaw() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        #if canImport(Glibc)
            _ = Glibc.kill(process.processIdentifier, signal)
        #else
            _ = Darwin.kill(process.processIdentifier, signal)
        #endif
    }

    private static func binary() throws -> String {
        guard let binary = ProcessInfo.processInfo.environment["LOCK_KEEPER_TEST_SERVER"] else {
            throw Trouble("LOCK_KEEPER_TEST_SERVER is not set: run bindings/swift/test.sh")
        }
        return binary
    }
}

/// What a test cannot go on without.
struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs what blocks away from the threads that Swift's tasks share.
func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
