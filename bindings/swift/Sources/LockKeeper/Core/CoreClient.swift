import Foundation
internal import LockKeeperBindings

/// The core's client.
struct CoreClient: ClientEngine {
    private let core: FfiClient

    init(_ config: ServerConfig, store: any LocalStore, observer: (any Observer)?) {
        core = FfiClient(config: config.core, store: CoreStore(store), observer: observer.map { CoreObserver($0) })
    }

    func register(
        _ account: String, _ password: Password, ticket: Data?, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        try opening {
            try password.memory.withData {
                try core.register(
                    account: account, password: $0, ticket: ticket, options: options.core, call: call.core)
            }
        }
    }

    func openSession(
        _ account: String, _ password: Password, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        try opening {
            try password.memory.withData {
                try core.openSession(account: account, password: $0, options: options.core, call: call.core)
            }
        }
    }

    func openSession(
        with unlock: DeviceUnlock, options: SessionOptions, call: EngineCall
    ) throws -> any SessionEngine {
        try opening {
            let unlock = try unlock.bytes.memory.withData { try FfiDeviceUnlock.fromBytes(bytes: $0) }
            return try core.openSessionWith(unlock: unlock, options: options.core, call: call.core)
        }
    }

    func forget(_ account: String) throws {
        try throwingOurs { try core.forget(account: account) }
    }

    func dropConnections() {
        core.dropConnections()
    }

    private func opening(_ open: () throws -> FfiSession) throws -> any SessionEngine {
        CoreSession(try throwingOurs(open))
    }
}
