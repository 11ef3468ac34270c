import Foundation
internal import LockKeeperBindings

/// Why a call failed. Beside it a call throws `CancellationError` alone.
///
/// Switch on ``advice``, which is a closed set, and on those ``code-swift.property``s for which your app has better words. It holds
/// no name, password, secret or key, and no text from the server.
public struct LockKeeperError: Error, Sendable, Equatable {
    /// What went wrong. The set is open: later releases add codes.
    public let code: Code
    /// What to do now. The set is closed.
    public let advice: Advice
    /// How long to wait until the call can succeed, where that is known.
    public let retryAfter: Duration?
    /// The request may have reached the key server and taken effect, although no answer came.
    public let mayHaveHappened: Bool
    /// Names the request in the server's log, where the server gave a name; give it to support.
    public let requestID: String?
    /// Which field or limit it is about, in English.
    public let detail: String?
    /// What it means, as one plain English sentence.
    let sentence: String

    /// An error as the package would throw it, for previews and tests.
    ///
    /// Advice and sentence are those of the code. A code that this release does not know has the advice ``Advice/bug``.
    public init(
        _ code: Code, retryAfter: Duration? = nil, mayHaveHappened: Bool = false, requestID: String? = nil,
        detail: String? = nil
    ) {
        let row = Self.known[code.rawValue]
        self.code = code
        advice = Advice(row?.advice ?? .bug)
        self.retryAfter = retryAfter
        self.mayHaveHappened = mayHaveHappened
        self.requestID = requestID
        self.detail = detail
        sentence = row?.sentence ?? "Something unexpected went wrong."
    }

    /// What the core says of each code. It is asked once.
    private static let known = Dictionary(ffiErrorCodes().map { ($0.code, $0) }) { first, _ in first }

    init(_ error: FfiError) {
        switch error {
        case .Failed(
            let code, let advice, let sentence, let retryAfterMillis, let mayHaveHappened, let requestID, let detail):
            self.code = Code(rawValue: code)
            self.advice = Advice(advice)
            retryAfter = retryAfterMillis.map { .milliseconds(Int64(clamping: $0)) }
            self.mayHaveHappened = mayHaveHappened
            self.requestID = requestID
            self.detail = detail
            self.sentence = sentence
        }
    }
}

extension LockKeeperError: LocalizedError {
    /// One plain English sentence that says what went wrong.
    public var errorDescription: String? { sentence }

    /// Which field or limit it is about.
    public var failureReason: String? { detail }

    /// One plain English sentence that says what to do now.
    public var recoverySuggestion: String? { advice.sentence }
}

extension LockKeeperError: CustomStringConvertible {
    /// The code, and what goes with it.
    public var description: String {
        let parts = [
            code.rawValue, detail, retryAfter.map { "retry after \($0)" }, mayHaveHappened ? "may have happened" : nil,
            requestID.map { "request \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }
}
