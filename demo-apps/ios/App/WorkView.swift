import DemoModels
import LockKeeper
import SwiftUI

/// What is under way, and what went wrong.
struct WorkView: View {
    let work: Work

    var body: some View {
        if work.isBusy {
            Section {
                HStack {
                    ProgressView()
                    Text(text).padding(.leading)
                }
                .accessibilityElement(children: .combine)
            }
        }
        if let problem = work.problem { ProblemView(problem: problem) }
    }

    private var text: String {
        switch work.phase {
        case .stretching: "Making the password hard to guess"
        case .proving: "Proving the password"
        case .waiting(let attempt): "Trying again, time \(attempt + 1)"
        case .connecting, .sending, nil: "Talking to the key server"
        }
    }
}

/// What went wrong, and what the person can do.
struct ProblemView: View {
    let problem: Problem

    var body: some View {
        Section {
            Label(problem.text, systemImage: "exclamationmark.triangle")
            Text(step).font(.footnote)
            if let forSupport = problem.forSupport { Text("For support: \(forSupport)").font(.footnote).textSelection(.enabled) }
        }
    }

    private var step: String {
        switch problem.nextStep {
        case .change: "Change what you typed."
        case .typePassword: "Type your password."
        case .wait(let seconds): "Try again in \(seconds) seconds."
        case .tryAgain: "Try again."
        case .settings: "Look at your connection, and at date and time, in Settings."
        case .update: "Update the app."
        case .contact: "Stop here, and ask the provider of the app."
        }
    }
}
