import DemoModels
import SwiftUI

/// The account's log, and whether it was verified.
struct LogView: View {
    let vault: VaultModel

    var body: some View {
        List {
            Section {
                if vault.isLogVerified {
                    Label("Verified to its beginning", systemImage: "checkmark.seal").foregroundStyle(.green)
                } else if vault.work.problem != nil {
                    Label("Not verified, so it is not shown", systemImage: "xmark.seal").foregroundStyle(.red)
                }
            }
            WorkView(work: vault.work)
            ForEach(vault.log ?? []) { entry in
                VStack(alignment: .leading) {
                    Text(words(for: entry))
                    Text(entry.at.formatted()).font(.footnote)
                }
                .accessibilityElement(children: .combine)
            }
        }
        .navigationTitle("Log")
        .task { await vault.readLog() }
    }
}
