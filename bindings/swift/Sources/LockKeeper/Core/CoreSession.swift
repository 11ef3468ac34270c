import Foundation
internal import LockKeeperBindings

/// The core's session. When the last reference goes, the core locks it.
final class CoreSession: SessionEngine {
    private let core: any FfiSessionProtocol
    let account: String

    init(_ core: any FfiSessionProtocol) {
        self.core = core
        account = core.account()
    }

    var lockReason: LockReason? { core.lockReason().map { LockReason($0) } }

    func onLock(_ listener: @escaping @Sendable (LockReason) -> Void) {
        core.onLock(listener: CoreLockListener(listener))
    }

    func lock() { core.lock() }
    func enteredBackground() { core.enteredBackground() }
    func enteredForeground() { core.enteredForeground() }
    func newSecretID() -> SecretID { SecretID(trusted: core.newSecretId()) }

    func deviceUnlock() throws -> DeviceUnlock {
        try throwingOurs {
            var bytes = try core.deviceUnlock().toBytes()
            return DeviceUnlock(bytes: SecretBytes(taking: &bytes))
        }
    }

    func generate(bytes: Int, label: String?, id: SecretID?, call: EngineCall) throws -> Secret {
        // What is out of range is refused by its length.
        let bytes = UInt32(clamping: bytes)
        return try taking { try core.generate(bytes: bytes, label: label, id: id?.description, call: call.core) }
    }

    func importSecret(_ bytes: SecretBytes, label: String?, id: SecretID?, call: EngineCall) throws -> SecretInfo {
        try throwingOurs {
            try bytes.memory.withData {
                SecretInfo(
                    try core.importSecret(bytes: $0, label: label, id: id?.description, call: call.core))
            }
        }
    }

    func retrieve(_ id: SecretID, purpose: Purpose, call: EngineCall) throws -> Secret {
        try taking { try core.retrieve(id: id.description, purpose: purpose.core, call: call.core) }
    }

    func export(_ id: SecretID, call: EngineCall) throws -> SecretBytes {
        try throwingOurs {
            var bytes = try core.exportSecret(id: id.description, call: call.core)
            return SecretBytes(taking: &bytes)
        }
    }

    func list(after: SecretID?, limit: Int, call: EngineCall) throws -> [SecretInfo] {
        try throwingOurs {
            let listed = try core.list(after: after?.description, limit: UInt16(clamping: limit), call: call.core)
            return listed.map { SecretInfo($0) }
        }
    }

    func delete(_ id: SecretID, call: EngineCall) throws {
        try throwingOurs { try core.deleteSecret(id: id.description, call: call.core) }
    }

    func auditPage(_ filter: AuditFilter, after cursor: (any AuditCursor)?, call: EngineCall) throws -> AuditPage {
        try throwingOurs {
            let cursor = (cursor as? CoreAuditCursor)?.core
            let page = try core.audit(filter: filter.core, cursor: cursor, call: call.core)
            return AuditPage(
                entries: page.entries.map { AuditEntry($0) }, next: page.next.map { CoreAuditCursor(core: $0) })
        }
    }

    func changePassword(from old: Password, to new: Password, call: EngineCall) throws {
        try throwingOurs {
            try old.memory.withData { old in
                try new.memory.withData { new in try core.changePassword(old: old, new: new, call: call.core) }
            }
        }
    }

    func deleteAccount(_ password: Password, call: EngineCall) throws {
        try throwingOurs {
            try password.memory.withData { try core.deleteAccount(password: $0, call: call.core) }
        }
    }

    private func taking(_ fetch: () throws -> FfiSecret) throws -> Secret {
        try throwingOurs {
            let secret = try fetch()
            let info = SecretInfo(secret.info)
            var bytes = secret.bytes
            // While a second value holds the bytes, overwriting them would make a copy and overwrite that.
            _ = consume secret
            return Secret(info: info, bytes: SecretBytes(taking: &bytes))
        }
    }
}

/// The core's cursor.
private struct CoreAuditCursor: AuditCursor {
    let core: FfiAuditCursor
}
