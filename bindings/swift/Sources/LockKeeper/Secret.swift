import Foundation

/// A secret, and what is known of it.
public struct Secret: Sendable, Equatable {
    /// What is known of it without its bytes.
    public let info: SecretInfo
    /// Its bytes.
    public let bytes: SecretBytes

    package init(info: SecretInfo, bytes: SecretBytes) {
        self.info = info
        self.bytes = bytes
    }
}

/// What is known of a secret without its bytes.
public struct SecretInfo: Sendable, Hashable, Identifiable {
    /// Its name in the account.
    public let id: SecretID
    /// Its label, up to 256 bytes of UTF-8. The server cannot read it.
    public let label: String?
    /// Where it came from.
    public let origin: Origin
    /// When it was stored, by the server's clock.
    public let created: Date
    /// Bytes.
    public let length: Int

    package init(id: SecretID, label: String?, origin: Origin, created: Date, length: Int) {
        self.id = id
        self.label = label
        self.origin = origin
        self.created = created
        self.length = length
    }
}

extension SecretInfo: CustomStringConvertible, CustomReflectable {
    /// Id and length. A label may say what the secret is for, so it is not printed.
    public var description: String { "SecretInfo(\(id), \(length) bytes)" }

    /// Id and length.
    public var customMirror: Mirror { Mirror(self, children: ["id": id, "length": length]) }
}

/// Where a secret came from.
public enum Origin: Sendable, Hashable {
    /// Made by ``Session/generate(bytes:label:id:)``.
    case generated
    /// Brought by the app with ``Session/importSecret(_:label:id:)``.
    case imported
}

/// What a secret is retrieved for. It goes into the audit log, where the person can see it.
public enum Purpose: Sendable, Hashable {
    /// Not said.
    case unspecified
    /// For use on this device.
    case localOnly
    /// To hand it to another system.
    case export
}
