// A stand-in for the little of Apple's LocalAuthentication that the package uses; see Security.swift beside it.
public final class LAContext {
    public init() {}
    public var localizedReason = ""
    public func invalidate() {}
}
