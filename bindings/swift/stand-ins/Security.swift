// A stand-in for the little of Apple's Security framework that the package uses, so that KeychainStore and BiometricKeychain can be
// type-checked and run on Linux. It finds a wrong name, type or number of arguments as far as it was copied down rightly from Apple's
// documentation, and it answers what a check tells it to (KeychainChecks.swift): what the package makes of an answer is seen, and not
// that Apple's keychain gives it.
import Foundation

public typealias OSStatus = Int32
public typealias CFString = String
public typealias CFDictionary = [String: Any]
public typealias CFTypeRef = AnyObject
public typealias CFAllocator = AnyObject
public typealias CFError = AnyObject

public let kSecClass: CFString = "class"
public let kSecClassGenericPassword: CFString = "genp"
public let kSecAttrService: CFString = "svce"
public let kSecAttrAccount: CFString = "acct"
public let kSecAttrAccessGroup: CFString = "agrp"
public let kSecAttrAccessible: CFString = "pdmn"
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = "cku"
public let kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly: CFString = "akpu"
public let kSecAttrAccessControl: CFString = "accc"
public let kSecAttrSynchronizable: CFString = "sync"
public let kSecUseDataProtectionKeychain: CFString = "nleg"
public let kSecUseAuthenticationContext: CFString = "u_AuthCtx"
public let kSecReturnData: CFString = "r_Data"
public let kSecMatchLimit: CFString = "m_Limit"
public let kSecMatchLimitOne: CFString = "m_LimitOne"
public let kSecValueData: CFString = "v_Data"

public let errSecSuccess: OSStatus = 0
public let errSecUserCanceled: OSStatus = -128
public let errSecNotAvailable: OSStatus = -25291
public let errSecAuthFailed: OSStatus = -25293
public let errSecDuplicateItem: OSStatus = -25299
public let errSecItemNotFound: OSStatus = -25300
public let errSecInteractionNotAllowed: OSStatus = -25308
public let errSecDecode: OSStatus = -26275

public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)
}

public final class SecAccessControl {
    public let protection: String?
    public let flags: SecAccessControlCreateFlags

    init(_ protection: String?, _ flags: SecAccessControlCreateFlags) {
        self.protection = protection
        self.flags = flags
    }
}

public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: Any, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<CFError?>?
) -> SecAccessControl? { SecAccessControl(protection as? String, flags) }

public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    Script.answer("copy", query) { result?.pointee = $0 }
}
public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    Script.answer("add", attributes)
}
public func SecItemUpdate(_ query: CFDictionary, _ attributesToUpdate: CFDictionary) -> OSStatus {
    Script.answer("update", query.merging(attributesToUpdate) { $1 })
}
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { Script.answer("delete", query) }

/// What the stand-in answers, in this order, and what it was asked. One thread asks at a time.
public enum Script {
    /// A status with what was found, and what happens before it is answered.
    public struct Answer {
        let status: OSStatus
        let found: CFTypeRef?
        let first: () -> Void

        public init(_ status: OSStatus, _ found: CFTypeRef? = nil, first: @escaping () -> Void = {}) {
            self.status = status
            self.found = found
            self.first = first
        }
    }

    nonisolated(unsafe) public static var answers: [Answer] = []
    nonisolated(unsafe) public static var asked: [(function: String, attributes: [String: Any])] = []

    static func answer(_ function: String, _ attributes: [String: Any], _ hand: (CFTypeRef?) -> Void = { _ in }) -> OSStatus {
        asked.append((function, attributes))
        precondition(!answers.isEmpty, "the keychain was asked once too often: \(function)")
        let answer = answers.removeFirst()
        answer.first()
        hand(answer.found)
        return answer.status
    }
}
