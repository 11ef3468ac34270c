import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Listens on a free port, and answers whoever connects with the same text, whatever was asked. It listens until the process ends.
struct OddListener {
    let port: UInt16

    init(answer: String) throws {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
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
                var asked = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &asked, asked.count, 0)
                let bytes = Array(answer.utf8)
                _ = send(connection, bytes, bytes.count, 0)
                // Who closes while bytes are unread takes back what was sent. So the other side closes first.
                shutdown(connection, Int32(SHUT_WR))
                Thread.detachNewThread {
                    var rest = [UInt8](repeating: 0, count: 4096)
                    while recv(connection, &rest, rest.count, 0) > 0 {}
                    close(connection)
                }
            }
        }
    }
}
