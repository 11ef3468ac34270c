import DemoModels
import SwiftUI

/// The account's log, which is shown once it was verified.
struct LogView: View {
    let log: LogModel

    var body: some View {
        List {
            Section {
                if let entries = log.entries {
                    Label("Verified to its beginning", systemImage: "checkmark.seal").foregroundStyle(.green)
                    Text("\(entries.count) entries, and none was changed or taken out.").font(.footnote)
                } else if log.work.problem != nil {
                    Label("Not verified, so it is not shown", systemImage: "xmark.seal").foregroundStyle(.red)
                }
            }
            WorkView(work: log.work)
            ForEach(log.entries ?? []) { entry in
                VStack(alignment: .leading) {
                    Text(words(for: entry))
                    Text(entry.at.formatted()).font(.footnote)
                }
                .accessibilityElement(children: .combine)
            }
        }
        .navigationTitle("Log")
        .task { await log.read() }
        .refreshable { await log.read() }
    }
}
