import Foundation

/// A password, in memory that is overwritten when it is not needed any more. It is never printed.
///
/// A text field, a `String` and the copies that the platform makes of both cannot be wiped. So read the field once, make a
/// `Password` of it, and clear the field.
///
/// The password is prepared (RFC 8265, OpaqueString) when it is used: 1 to 1024 bytes of UTF-8 after that, else the call throws
/// ``LockKeeperError/Code/passwordInvalid``.
public final class Password: Sendable {
    let memory: WipedMemory

    /// Copies what was typed.
    public init(_ text: String) {
        var text = text
        memory = text.withUTF8 { WipedMemory(copying: UnsafeRawBufferPointer($0)) }
    }

    /// Copies bytes of UTF-8, and overwrites the array that was given away.
    public init(utf8: consuming [UInt8]) {
        // The array moves here, so that this is its only reference and its own memory is overwritten, not a copy.
        var utf8 = utf8
        memory = utf8.withUnsafeMutableBytes { bytes in
            defer { erase(bytes) }
            return WipedMemory(copying: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Overwrites the password now. A call that is under way with it goes on; a later one throws
    /// ``LockKeeperError/Code/passwordInvalid``.
    public func wipe() {
        memory.wipe()
    }

    /// Lends the bytes to a stand-in for the core.
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try memory.withUnsafeBytes(body)
    }
}

extension Password: CustomStringConvertible, CustomReflectable {
    /// Nothing of the password.
    public var description: String { "Password" }

    /// Nothing of the password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
