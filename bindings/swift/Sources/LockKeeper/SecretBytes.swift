import Foundation

/// The bytes of a secret, in memory that is overwritten when it is not needed any more. They are never printed.
///
/// On their way out of the core they pass through buffers of Swift's runtime that this package overwrites where it can reach them.
/// A `Data`, an `Array` or a `String` that you make of them is yours to care for.
public final class SecretBytes: Sendable {
    let memory: WipedMemory

    /// Copies bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        var copy = ContiguousArray(bytes)
        memory = copy.withUnsafeMutableBytes { bytes in
            defer { erase(bytes) }
            return WipedMemory(copying: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Takes what the core has handed out, and overwrites it.
    init(taking data: inout Data) {
        memory = data.withUnsafeMutableBytes { bytes in
            defer { erase(bytes) }
            return WipedMemory(copying: UnsafeRawBufferPointer(bytes))
        }
    }

    /// How many bytes there are: 1 to 32,768 in a secret, none once they are wiped.
    public var count: Int { memory.count }

    /// Lends the bytes for the length of `body`; the pointer must not leave it. Once they are wiped there are none.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try memory.withUnsafeBytes(body)
    }

    /// Overwrites the bytes now. Whoever reads them at this moment may finish.
    public func wipe() {
        memory.wipe()
    }
}

extension SecretBytes: Equatable {
    /// Compares in a time that depends on the lengths alone.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard left.count == right.count else { return false }
                return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
            }
        }
    }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    /// How many bytes there are, and nothing of them.
    public var description: String { "SecretBytes(\(count) bytes)" }

    /// Nothing of the bytes.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
