import Accessibility
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
            NoticeView(text: problem.text, image: "exclamationmark.triangle", spoken: "\(problem.text) \(problem.nextStep.text)")
            // A wait counts down.
            TimelineView(.periodic(from: .now, by: 1)) { now in
                Text(problem.step(at: now.date)).font(.footnote)
            }
            if let detail = problem.detail { Text("It is about: \(detail)").font(.footnote) }
            if let forSupport = problem.forSupport { Text("For support: \(forSupport)").font(.footnote).textSelection(.enabled) }
        }
    }
}

/// Something that has just come about. VoiceOver says it too, since it is seldom where the person's finger is.
struct NoticeView: View {
    let text: String
    let image: String
    var spoken: String?

    var body: some View {
        Label(text, systemImage: image)
            .onChange(of: text, initial: true) { _, _ in AccessibilityNotification.Announcement(spoken ?? text).post() }
    }
}
