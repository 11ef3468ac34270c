// A stand-in for the little of Apple's LocalAuthentication that the package uses; see Security.swift beside it.
public final class LAContext {
    /// Is told when a context is invalidated.
    nonisolated(unsafe) public static var onInvalidate: () -> Void = {}

    public init() {}
    public var localizedReason = ""
    public func invalidate() { Self.onInvalidate() }
}
