import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Stands between a device and its server, and passes everything on until it loses an answer.
struct Relay {
    let port: Int
    private let line: Line

    init(before server: KeyServer) throws {
        guard let behind = URL(string: server.connect.url)?.port else { throw Trouble("the address has no port") }
        let line = Line()
        port = Int(try Listener { device in line.carry(device, to: UInt16(behind)) }.port)
        self.line = line
    }

    /// Cuts the line for good before the first answer that comes when something holds: that answer is lost.
    func loseTheAnswer(when loses: @escaping @Sendable () -> Bool) {
        line.loseTheAnswer(when: loses)
    }
}

private final class Line: @unchecked Sendable {
    private let lock = NSLock()
    private var loses: @Sendable () -> Bool = { false }
    private var isCut = false
    private var open: Set<Int32> = []

    func loseTheAnswer(when loses: @escaping @Sendable () -> Bool) {
        lock.withLock { self.loses = loses }
    }

    /// Carries what a device and its server say to each other, until one of them has closed or the line is cut.
    func carry(_ device: Int32, to port: UInt16) {
        guard let server = connected(to: port) else {
            close(device)
            return
        }
        let isWhole = lock.withLock {
            open.formUnion([device, server])
            return !isCut
        }
        if isWhole {
            let asked = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                self.copy(from: device, to: server) { true }
                asked.signal()
            }
            copy(from: server, to: device, while: mayPass)
            asked.wait()
        }
        // Under the lock, so that nobody shuts down what has these numbers next.
        lock.withLock {
            open.subtract([device, server])
            close(device)
            close(server)
        }
    }

    /// Copies until one of the two has closed, or a piece may not pass, and ends both.
    private func copy(from source: Int32, to target: Int32, while mayPass: () -> Bool) {
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &piece, piece.count, 0)
            guard count > 0, mayPass(), sendAll(piece[..<count], to: target) else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }

    private func sendAll(_ piece: ArraySlice<UInt8>, to target: Int32) -> Bool {
        piece.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let more = send(target, bytes.baseAddress! + sent, bytes.count - sent, 0)
                guard more > 0 else { return false }
                sent += more
            }
            return true
        }
    }

    private func mayPass() -> Bool {
        guard lock.withLock({ loses })() else { return true }
        lock.withLock {
            isCut = true
            for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        return false
    }
}
