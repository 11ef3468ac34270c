import Foundation

/// Keeps what it is told, from any thread.
final class Recorder<Element: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var told: [Element] = []

    var all: [Element] { lock.withLock { told } }

    func add(_ element: Element) {
        lock.withLock { told.append(element) }
    }
}
