internal import LockKeeperBindings

/// Runs a call into the core, and throws `LockKeeperError` alone.
func throwingOurs<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as FfiError {
        throw LockKeeperError(error)
    } catch let error as LockKeeperError {
        throw error
    } catch {
        // The binding's own: the core has panicked. What it says may hold anything, so it is dropped.
        throw LockKeeperError(.internal)
    }
}
