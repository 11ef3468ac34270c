#if canImport(LocalAuthentication)
    import LockKeeper

    // Apple's alone: on Linux lint.sh type-checks it against the stand-ins.

    func keepUnlock(of session: Session, in group: String?) async throws {
        let unlocks = BiometricKeychain(accessGroup: group)
        try await unlocks.save(session.deviceUnlock(), for: session.account)
    }

    func openByFace(_ account: String, _ client: LockKeeperClient, in group: String?) async throws -> Session? {
        let unlocks = BiometricKeychain(accessGroup: group)
        guard let unlock = try await unlocks.load(account, reason: "Open your account") else { return nil }
        do {
            return try await client.openSession(unlock)
        } catch let error as LockKeeperError where error.code == .deviceUnlockStale {
            try unlocks.remove(account)
            return nil
        }
    }
#endif
