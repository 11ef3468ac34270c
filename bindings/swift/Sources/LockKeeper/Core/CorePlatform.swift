import Foundation
internal import LockKeeperBindings

/// The app's store, as the core calls it.
final class CoreStore: FfiLocalStore {
    private let store: any LocalStore

    init(_ store: any LocalStore) {
        self.store = store
    }

    func get(slot: String) throws -> Data? {
        do { return try store.get(slot) } catch { throw error.core }
    }

    func put(slot: String, value: Data) throws {
        do { try store.put(slot, value) } catch { throw error.core }
    }

    func remove(slot: String) throws {
        do { try store.remove(slot) } catch { throw error.core }
    }
}

extension StoreFailure {
    fileprivate var core: FfiStoreError {
        switch self {
        case .unavailable: .Unavailable
        case .corrupt: .Corrupt
        case .other: .Other
        }
    }
}

/// The app's observer, as the core calls it.
final class CoreObserver: FfiObserver {
    private let observer: any Observer

    init(_ observer: any Observer) {
        self.observer = observer
    }

    func ended(event: FfiOperationEvent) {
        observer.ended(
            OperationEvent(
                operation: event.op, took: .milliseconds(Int64(clamping: event.millis)), bytes: Int(clamping: event.bytes),
                attempts: Int(event.attempts), code: event.code.map { LockKeeperError.Code(rawValue: $0) }))
    }
}

/// Whoever wants to know how far a call is, as the core calls it.
final class CoreProgressListener: FfiProgressListener {
    private let handler: ProgressHandler

    init(_ handler: @escaping ProgressHandler) {
        self.handler = handler
    }

    func onPhase(phase: FfiPhase) {
        handler(Phase(phase))
    }
}

/// Whoever wants to know why a session has locked, as the core calls it.
final class CoreLockListener: FfiLockListener {
    private let listener: @Sendable (LockReason) -> Void

    init(_ listener: @escaping @Sendable (LockReason) -> Void) {
        self.listener = listener
    }

    func onLock(reason: FfiLockReason) {
        listener(LockReason(reason))
    }
}

extension EngineCall {
    /// The call as the core takes it. A cancel of ours reaches the core by its token.
    var core: FfiCall {
        let token = FfiCancelToken()
        cancellation.onCancel { token.cancel() }
        return FfiCall(
            deadlineMillis: timeLeft.wholeMilliseconds, cancel: token,
            progress: progress.map { CoreProgressListener($0) })
    }
}
