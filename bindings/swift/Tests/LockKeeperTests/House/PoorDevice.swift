#if canImport(Glibc)
    import Foundation
    import Glibc

    /// A process of its own that runs one test: what it takes away from itself, the other tests need.
    enum PoorDevice {
        /// The connect.json of its server, where this process is the poor device.
        static let connectJSON = ProcessInfo.processInfo.environment[variable]
        private static let variable = "LOCK_KEEPER_TEST_POOR_DEVICE"

        /// Runs the one test in it, with the data of a key server, and answers what it has said when it has ended well.
        static func run(_ test: String, data: URL) async throws -> String {
            try await blocking {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
                process.arguments = ["--testing-library", "swift-testing", "--filter", test]
                process.environment = ProcessInfo.processInfo.environment
                    .merging([variable: data.appendingPathComponent("connect.json").path]) { $1 }
                let output = Pipe()
                process.standardOutput = output
                process.standardError = output
                try process.run()
                let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                guard process.terminationStatus == 0 else { throw Trouble("the poor device has failed: \(said)") }
                return said
            }
        }

        /// Leaves this process so many bytes of address space more than it has now; nil ends that.
        static func leaveItself(_ bytes: rlim_t?) throws {
            let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
            var limit = rlimit()
            guard getrlimit(resource, &limit) == 0 else { throw Trouble("no limit can be read") }
            // The soft limit alone, which can be raised again.
            limit.rlim_cur = try bytes.map { try addressSpace() + $0 } ?? limit.rlim_max
            guard setrlimit(resource, &limit) == 0 else { throw Trouble("no limit can be set") }
        }

        private static func addressSpace() throws -> rlim_t {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            guard let kilobytes = status.firstMatch(of: /VmSize:\s+(\d+) kB/).flatMap({ rlim_t($0.1) }) else {
                throw Trouble("no size in /proc/self/status")
            }
            return kilobytes << 10
        }
    }
#endif
