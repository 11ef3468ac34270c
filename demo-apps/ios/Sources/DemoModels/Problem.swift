import Foundation
import LockKeeper

/// What went wrong, in the words of this app, and what the person can do now.
public struct Problem: Equatable, Sendable {
    /// One or two sentences.
    public let text: String
    /// What the person can do.
    public internal(set) var nextStep: NextStep
    /// Which field or limit it is about; nil where nothing says so.
    public let detail: String?
    /// What support wants to hear; nil where there is nothing to tell.
    public let forSupport: String?

    private let came: Date

    /// `whenUnknown` is what the person can do where it may have happened after all: to do it once more could do it twice.
    init(_ error: LockKeeperError, whenUnknown: NextStep? = nil, at now: Date = Date()) {
        let own = words(for: error.code) ?? words(for: error.advice)
        let step = NextStep(after: error)
        if let whenUnknown, error.isUnknown, step.isOnceMore {
            let unknown = words(for: .outcomeUnknown) ?? ""
            text = error.code == .outcomeUnknown ? own : "\(own) \(unknown)"
            nextStep = whenUnknown
        } else {
            (text, nextStep) = (own, step)
        }
        detail = error.detail
        forSupport = error.requestID ?? (nextStep == .contact ? error.code.rawValue : nil)
        came = now
    }

    /// A problem of the app's own.
    init(_ text: String, _ nextStep: NextStep) {
        self.text = text
        self.nextStep = nextStep
        detail = nil
        forSupport = nil
        came = Date()
    }

    /// The next step in words. A wait is told by what is left of it.
    public func step(at now: Date = Date()) -> String {
        guard case .wait(let seconds) = nextStep else { return nextStep.text }
        let left = seconds - max(Int(now.timeIntervalSince(came)), 0)
        return left > 0 ? NextStep.wait(seconds: left).text : NextStep.tryAgain.text
    }

    /// The camera is not to be had: the person has not allowed it, or this device cannot scan.
    public static let noCamera = Problem("The camera cannot be used for this.", .camera)
}

extension LockKeeperError {
    fileprivate var isUnknown: Bool { mayHaveHappened || code == .outcomeUnknown }
}
