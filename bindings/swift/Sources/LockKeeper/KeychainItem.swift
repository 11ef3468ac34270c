#if canImport(Security)
    import Foundation
    import Security

    /// Which item of the keychain is meant: the one place that says how the package's items are found.
    struct KeychainItem {
        let service: String
        let account: String
        let accessGroup: String?

        /// What finds the item, and what a new item is made from.
        var query: [String: Any] {
            var query: [String: Any] = [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: service,
                kSecAttrAccount as String: account,
                // An item of this device only is never synchronised. Saying so finds no other.
                kSecAttrSynchronizable as String: false,
                // On a Mac too: the older keychain knows nothing of accessibility.
                kSecUseDataProtectionKeychain as String: true,
            ]
            if let accessGroup { query[kSecAttrAccessGroup as String] = accessGroup }
            return query
        }
    }

    /// Why the keychain did not do what it was asked: the one place that says what its numbers mean.
    enum KeychainFailure: Error {
        /// The device is locked, as before its first unlock, or biometrics are locked out. Later it may be had.
        case unavailable
        /// The person was asked for a face or finger, and said no.
        case declined
        /// The item is there, and what it holds can't be opened any more: not by waiting either, so it is told from `unavailable`. It is
        /// not told as an absent item: that would make a device that has lost its memory a new device, unseen.
        case unreadable
        /// Anything else, by its number.
        case other(OSStatus)

        /// Does nothing where the keychain did what it was asked.
        static func check(_ status: OSStatus) throws(KeychainFailure) {
            switch status {
            case errSecSuccess: return
            case errSecInteractionNotAllowed, errSecNotAvailable, errSecAuthFailed: throw .unavailable
            case errSecUserCanceled: throw .declined
            case errSecDecode: throw .unreadable
            default: throw .other(status)
            }
        }
    }
#endif
