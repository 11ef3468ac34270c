import Foundation

/// The name of a secret in its account: 16 random bytes, written as 32 lower-case hexadecimal digits.
///
/// It is not secret. ``Session/newSecretID()`` draws one.
public struct SecretID: Hashable, Sendable {
    /// The 32 digits.
    private let digits: String

    /// An id that the core has written.
    init(trusted digits: String) {
        self.digits = digits
    }

    /// A fresh id.
    package static func random() -> SecretID {
        SecretID(trusted: (0..<16).map { _ in String(format: "%02x", UInt8.random(in: .min ... .max)) }.joined())
    }
}

extension SecretID: LosslessStringConvertible {
    /// Reads 32 lower-case hexadecimal digits; nil for anything else.
    public init?(_ description: String) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard description.utf8.count == 32, description.utf8.allSatisfy(isDigit) else { return nil }
        digits = description
    }

    /// The 32 digits.
    public var description: String { digits }
}

extension SecretID: Codable {
    /// Reads the 32 digits as one text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = SecretID(try container.decode(String.self)) else {
            let problem = "a secret id is 32 lower-case hexadecimal digits"
            throw DecodingError.dataCorruptedError(in: container, debugDescription: problem)
        }
        self = id
    }

    /// Writes the 32 digits as one text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }
}
