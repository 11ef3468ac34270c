#if canImport(Security) && canImport(LocalAuthentication)
    import Foundation
    import LocalAuthentication
    import Security

    /// Keeps device unlocks behind Face ID or Touch ID.
    ///
    /// The keychain itself hands an item out only after it has seen a face or finger that was enrolled when the item was saved; that is
    /// more than an app that asks for a face and then goes on. Enrolling another face or finger, or turning the passcode off, destroys the
    /// item. It is on this device alone.
    ///
    /// An account is named by its *prepared* name, ``Session/account``, and not by what the person typed. The name alone tells one item
    /// from another: an app with accounts of the same name at two servers keeps the later one.
    ///
    /// The app's `Info.plist` needs `NSFaceIDUsageDescription`.
    ///
    /// > Important: This type was type-checked against stand-ins of Apple's frameworks, and has not run yet on an Apple device.
    public struct BiometricKeychain: Sendable {
        private static let service = "io.lockkeeper.device-unlock"
        private static let queue = BlockingQueue(label: "io.lockkeeper.biometrics")

        private let accessGroup: String?

        /// Unlocks in the app's own keychain, or in one that it shares with its extensions.
        ///
        /// - Parameter accessGroup: the shared group, as the entitlement *Keychain Access Groups* names it, with the team's prefix.
        public init(accessGroup: String? = nil) {
            self.accessGroup = accessGroup
        }

        /// Keeps an unlock for an account, in place of an earlier one. Nobody is asked for a face or finger.
        ///
        /// - Parameters:
        ///   - unlock: what ``Session/deviceUnlock()`` gave.
        ///   - account: the prepared name, ``Session/account``.
        /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/storeUnavailable`` where the device is locked or has no passcode.
        public func save(_ unlock: DeviceUnlock, for account: String) async throws {
            try await Self.queue.run(within: .zero) { _ in
                guard
                    let access = SecAccessControlCreateWithFlags(
                        nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .biometryCurrentSet, nil)
                else { throw LockKeeperError(.storeUnavailable) }
                try remove(account)
                try unlock.bytes.memory.withData { bytes in
                    var item = item(account)
                    item[kSecAttrAccessControl as String] = access
                    item[kSecValueData as String] = bytes
                    try check(SecItemAdd(item as CFDictionary, nil))
                }
            }
        }

        /// Asks for a face or finger, and answers the unlock that was kept for the account: nil where there is none, or none any more
        /// because another face or finger was enrolled.
        ///
        /// - Parameters:
        ///   - account: the prepared name, as it was given to ``save(_:for:)``.
        ///   - reason: what the person reads: why the app asks.
        /// - Throws: ``LockKeeperError``: ``LockKeeperError/Code/cancelled`` where the person said no, ``LockKeeperError/Code/storeUnavailable``
        ///   where biometrics are locked out, ``LockKeeperError/Code/deviceUnlockInvalidated`` where the item can't be opened any more.
        ///   `CancellationError` where the task was cancelled.
        public func load(_ account: String, reason: String) async throws -> DeviceUnlock? {
            try await Self.queue.run(within: .zero) { call in
                nonisolated(unsafe) let context = LAContext()
                context.localizedReason = reason
                call.cancellation.onCancel { context.invalidate() }
                var query = item(account)
                query[kSecUseAuthenticationContext as String] = context
                query[kSecReturnData as String] = true
                query[kSecMatchLimit as String] = kSecMatchLimitOne
                var found: CFTypeRef?
                let status = SecItemCopyMatching(query as CFDictionary, &found)
                // What an invalidated context leaves behind is written nowhere, so it is not looked at.
                if status != errSecSuccess, call.cancellation.isCancelled { throw LockKeeperError(.cancelled) }
                if status == errSecItemNotFound { return nil }
                try check(status)
                guard var bytes = found as? Data else { throw LockKeeperError(.deviceUnlockInvalidated) }
                return DeviceUnlock(bytes: SecretBytes(taking: &bytes))
            }
        }

        /// Removes the unlock of an account. It is no failure where there is none. Nobody is asked, so it does not wait for a person, but it
        /// holds its caller's thread for as long as the keychain takes.
        public func remove(_ account: String) throws {
            let status = SecItemDelete(item(account) as CFDictionary)
            if status != errSecItemNotFound { try check(status) }
        }

        private func item(_ account: String) -> [String: Any] {
            KeychainItem(service: Self.service, account: account, accessGroup: accessGroup).query
        }

        private func check(_ status: OSStatus) throws {
            do {
                try KeychainFailure.check(status)
            } catch {
                switch error {
                case .unavailable: throw LockKeeperError(.storeUnavailable)
                case .declined: throw LockKeeperError(.cancelled)
                case .unreadable: throw LockKeeperError(.deviceUnlockInvalidated)
                case .other(let status): throw LockKeeperError(.internal, detail: "the keychain answered \(status)")
                }
            }
        }
    }
#endif
