import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Answers whoever connects with the same text, whatever was asked. It listens until the process ends.
struct OddListener {
    let port: UInt16

    init(answer: String) throws {
        let listener = try Listener { connection in
            var asked = [UInt8](repeating: 0, count: 4096)
            _ = recv(connection, &asked, asked.count, 0)
            let bytes = Array(answer.utf8)
            _ = send(connection, bytes, bytes.count, 0)
            // Who closes while bytes are unread takes back what was sent. So the other side closes first.
            shutdown(connection, Int32(SHUT_WR))
            while recv(connection, &asked, asked.count, 0) > 0 {}
            close(connection)
        }
        port = listener.port
    }
}
