#if canImport(Security)
    import Foundation
    import Security

    /// Keeps slots in the keychain of the device: readable after the first unlock since the device was started, never in a backup and never
    /// on another device.
    ///
    /// > Important: This type was type-checked against a stand-in of the Security framework, and has not run yet on an Apple device.
    public struct KeychainStore: LocalStore {
        private static let service = "io.lockkeeper.store"

        private let accessGroup: String?

        /// A store in the app's own keychain, or in one that it shares with its extensions.
        ///
        /// - Parameter accessGroup: the shared group, as the entitlement *Keychain Access Groups* names it, with the team's prefix.
        public init(accessGroup: String? = nil) {
            self.accessGroup = accessGroup
        }

        /// The value of a slot.
        public func get(_ slot: String) throws(StoreFailure) -> Data? {
            var query = item(slot)
            query[kSecReturnData as String] = true
            query[kSecMatchLimit as String] = kSecMatchLimitOne
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            if status == errSecItemNotFound { return nil }
            try check(status)
            guard let value = found as? Data else { throw .corrupt }
            return value
        }

        /// Puts a value into a slot.
        public func put(_ slot: String, _ value: Data) throws(StoreFailure) {
            let new: [String: Any] = [
                kSecValueData as String: value,
                kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            ]
            let status = SecItemUpdate(item(slot) as CFDictionary, new as CFDictionary)
            guard status == errSecItemNotFound else { return try check(status) }
            let added = SecItemAdd(item(slot).merging(new) { $1 } as CFDictionary, nil)
            // Another process of the group was quicker.
            guard added == errSecDuplicateItem else { return try check(added) }
            try check(SecItemUpdate(item(slot) as CFDictionary, new as CFDictionary))
        }

        /// Empties a slot.
        public func remove(_ slot: String) throws(StoreFailure) {
            let status = SecItemDelete(item(slot) as CFDictionary)
            if status != errSecItemNotFound { try check(status) }
        }

        private func item(_ slot: String) -> [String: Any] {
            KeychainItem(service: Self.service, account: slot, accessGroup: accessGroup).query
        }

        /// A device that is locked is *unavailable*, and an item that can't be opened any more *corrupt*: neither is a slot that is empty.
        private func check(_ status: OSStatus) throws(StoreFailure) {
            do {
                try KeychainFailure.check(status)
            } catch {
                switch error {
                case .unavailable: throw .unavailable
                case .unreadable: throw .corrupt
                // These items ask nobody, so that nobody can say no.
                case .declined, .other: throw .other
                }
            }
        }
    }
#endif
