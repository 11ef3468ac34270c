import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Listens on a free port of this machine until the process ends, and gives each connection to a thread of its own, which closes it.
struct Listener {
    let port: UInt16

    init(answer: @escaping @Sendable (_ connection: Int32) -> Void) throws {
        // Who writes to a peer that has gone is told so by `send`, and not by the end of all tests.
        signal(SIGPIPE, SIG_IGN)
        let listener = makeSocket()
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, bound else { throw Trouble("no port to listen on") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { answer(connection) }
            }
        }
    }
}

/// Connects to a port of this machine; nil where nobody listens.
func connected(to port: UInt16) -> Int32? {
    let connection = makeSocket()
    var address = loopback(port: port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let reached = withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, length) == 0 }
    }
    guard !reached else { return connection }
    close(connection)
    return nil
}

private func makeSocket() -> Int32 {
    #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
    #else
        let stream = SOCK_STREAM
    #endif
    return socket(AF_INET, stream, 0)
}

private func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}
