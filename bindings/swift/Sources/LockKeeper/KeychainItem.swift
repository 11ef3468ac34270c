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
#endif
