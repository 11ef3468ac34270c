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
                Button("Scan its code", systemImage: "qrcode.viewfinder") { Task { await scan() } }
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
            NavigationStack {
                ScannerView(
                    found: { settings in
                        isScanning = false
                        app.connect(scanned: settings)
                    },
                    failed: {
                        isScanning = false
                        app.settingsProblem = .noCamera
                    }
                )
                .ignoresSafeArea()
                .navigationTitle("Scan its code")
                .toolbar { Button("Cancel", role: .cancel) { isScanning = false } }
            }
        }
    }

    private func scan() async {
        isScanning = await ScannerView.isAllowed()
        app.settingsProblem = isScanning ? nil : .noCamera
    }
}
