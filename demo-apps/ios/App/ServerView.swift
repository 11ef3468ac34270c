import DemoModels
import SwiftUI

/// Asks for the key server: what `lock-keeper-server dev --phone` shows, scanned or pasted.
struct ServerView: View {
    let app: AppModel
    @State private var text = ""
    @State private var isScanning = false

    var body: some View {
        Form {
            Section("Key server") {
                Button("Scan its code", systemImage: "qrcode.viewfinder") { isScanning = true }
                TextField("Or paste its settings", text: $text, axis: .vertical)
                    .lineLimit(4...8)
                    .autocorrectionDisabled()
                    .textInputAutocapitalization(.never)
                Button("Use them") { app.connect(text) }.disabled(text.isEmpty)
            }
            if let problem = app.settingsProblem { ProblemView(problem: problem) }
            Section {
                Text("The settings hold no secret, but they decide whom this app believes. Take them from a screen that you trust.")
                    .font(.footnote)
            }
        }
        .navigationTitle("Lock Keeper")
        .sheet(isPresented: $isScanning) {
            ScannerView { found in
                isScanning = false
                app.connect(found)
            }
        }
    }
}
