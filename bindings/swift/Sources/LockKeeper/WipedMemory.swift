import Foundation

/// Bytes at one place in memory, which are overwritten when nobody needs them any more.
final class WipedMemory: @unchecked Sendable {
    private let lock = NSLock()
    private let buffer: UnsafeMutableRawBufferPointer
    private var readers = 0
    private var wiped = false

    /// Copies bytes.
    init(copying bytes: UnsafeRawBufferPointer) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyMemory(from: bytes)
    }

    deinit {
        erase(buffer)
        buffer.deallocate()
    }

    /// How many bytes there are: none once they are wiped.
    var count: Int { lock.withLock { wiped ? 0 : buffer.count } }

    /// Lends the bytes: none once they are wiped. A wipe meanwhile waits until the last reader is through, and does not block.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let readable = lock.withLock {
            if !wiped { readers += 1 }
            return !wiped
        }
        guard readable else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        defer {
            lock.withLock {
                readers -= 1
                if wiped, readers == 0 { erase(buffer) }
            }
        }
        return try body(UnsafeRawBufferPointer(buffer))
    }

    /// Overwrites the bytes. From now on there are none.
    func wipe() {
        lock.withLock {
            wiped = true
            if readers == 0 { erase(buffer) }
        }
    }

    /// Lends the bytes as a `Data` that must not outlive `body`. It is not a copy of more than 14 bytes; `Data` keeps fewer than
    /// that inside itself, on the stack.
    func withData<R>(_ body: (Data) throws -> R) rethrows -> R {
        try withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return try body(Data()) }
            let lent = UnsafeMutableRawPointer(mutating: start)
            return try body(Data(bytesNoCopy: lent, count: bytes.count, deallocator: .none))
        }
    }
}

/// Overwrites memory with zeros, in a way that no optimiser takes out.
func erase(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
    #if canImport(Darwin)
        memset_s(start, buffer.count, 0, buffer.count)
    #else
        explicit_bzero(start, buffer.count)
    #endif
}
