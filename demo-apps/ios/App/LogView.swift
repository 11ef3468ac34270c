import DemoModels
import LockKeeper
import SwiftUI

/// The account's log, and whether it was verified.
struct LogView: View {
    let vault: VaultModel

    var body: some View {
        List {
            Section {
                if vault.isLogVerified {
                    Label("Verified to its beginning", systemImage: "checkmark.seal").foregroundStyle(.green)
                }
            }
            WorkView(work: vault.work)
            ForEach(vault.log ?? []) { entry in
                VStack(alignment: .leading) {
                    Text(what(entry))
                    Text(entry.at.formatted()).font(.footnote)
                }
                .accessibilityElement(children: .combine)
            }
        }
        .navigationTitle("Log")
        .task { await vault.readLog() }
    }

    private func what(_ entry: AuditEntry) -> String {
        let action = entry.action.replacingOccurrences(of: "_", with: " ")
        let device =
            switch entry.fromKnownDevice {
            case true?: " from a known device"
            case false?: " from a new device"
            case nil: ""
            }
        switch entry.outcome {
        case .succeeded: return action + device
        case .refused: return action + ", refused"
        case .neverFinished: return action + device + ", never finished"
        }
    }
}
