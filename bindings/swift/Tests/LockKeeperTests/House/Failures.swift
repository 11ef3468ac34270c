import LockKeeper
import Testing

/// Runs a call that must fail with a `LockKeeperError`, and answers it.
func failure<T>(
    of call: () async throws -> T, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> LockKeeperError {
    do {
        _ = try await call()
    } catch let error as LockKeeperError {
        return error
    }
    Issue.record("the call must fail", sourceLocation: sourceLocation)
    throw Trouble("the call did not fail")
}

/// Runs a call that must fail with this code.
func fails<T>(
    _ code: LockKeeperError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> T
) async throws {
    let error = try await failure(of: call, sourceLocation: sourceLocation)
    #expect(error.code == code, sourceLocation: sourceLocation)
}

/// Polls until something holds, for as long as a busy machine may need.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}
