/// What opens a session without a password: the stretched password, bound to the account and its key server.
///
/// It is worth the password. Keep it behind the device's biometric gate with `BiometricKeychain`, or not at all. A change of the
/// password makes it stale.
public struct DeviceUnlock: Sendable {
    /// As the core wrote it, some 250 and at most 750 bytes.
    package let bytes: SecretBytes

    package init(bytes: SecretBytes) {
        self.bytes = bytes
    }
}

extension DeviceUnlock: CustomStringConvertible, CustomReflectable {
    /// Nothing of what it holds.
    public var description: String { "DeviceUnlock" }

    /// Nothing of what it holds.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
