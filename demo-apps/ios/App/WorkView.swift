import DemoModels
import SwiftUI

/// What is under way, and what went wrong.
struct WorkView: View {
    let work: Work

    var body: some View {
        if work.isBusy {
            Section {
                HStack {
                    ProgressView()
                    Text(words(for: work.phase)).padding(.leading)
                }
                .accessibilityElement(children: .combine)
            }
        }
        if let problem = work.problem { ProblemView(problem: problem) }
    }
}

/// What went wrong, and what the person can do.
struct ProblemView: View {
    let problem: Problem

    var body: some View {
        Section {
            Label(problem.text, systemImage: "exclamationmark.triangle")
            Text(problem.nextStep.text).font(.footnote)
            if let forSupport = problem.forSupport { Text("For support: \(forSupport)").font(.footnote).textSelection(.enabled) }
        }
    }
}
