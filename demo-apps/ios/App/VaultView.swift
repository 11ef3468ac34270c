import DemoModels
import LockKeeper
import SwiftUI
import UniformTypeIdentifiers

/// The unlocked account.
struct VaultView: View {
    @Bindable var vault: VaultModel
    @State private var isImporting = false
    @State private var shared: SharedSecret?
    @State private var doomed: SecretInfo?
    @State private var isAsking = false

    var body: some View {
        List {
            Section("New secret") {
                TextField("What it is for", text: $vault.label)
                Button("Generate", systemImage: "dice") { Task { await vault.generate() } }.disabled(vault.isBusy)
                Button("Import a file", systemImage: "square.and.arrow.down") { isImporting = true }.disabled(vault.isBusy)
            }
            WorkView(work: vault.work)
            Section("Secrets") {
                ForEach(vault.secrets) { secret in row(secret) }
            }
            Section {
                NavigationLink("Log") { LogView(log: vault.log) }
                NavigationLink("Account") { AccountView(vault: vault, account: vault.accountModel) }
            }
        }
        .navigationTitle(vault.account)
        .toolbar { Button("Lock", systemImage: "lock") { vault.lock() } }
        .task { await vault.refresh() }
        .refreshable { await vault.refresh() }
        .fileImporter(isPresented: $isImporting, allowedContentTypes: [.data]) { result in
            Task { await importFile(result) }
        }
        .sheet(item: $shared) { secret in
            ShareView(name: secret.name, bytes: secret.bytes)
        }
        .confirmationDialog(question, isPresented: $isAsking, titleVisibility: .visible, presenting: doomed) { secret in
            Button("Delete", role: .destructive) { Task { await vault.delete(secret.id) } }
            Button("Keep it", role: .cancel) {}
        } message: { _ in
            Text("Nobody can bring it back.")
        }
    }

    private var question: String { "Delete “\(doomed.map(name) ?? "")” for good?" }

    private func row(_ secret: SecretInfo) -> some View {
        VStack(alignment: .leading) {
            Text(name(of: secret))
            Text("\(secret.length) bytes, \(secret.created.formatted())").font(.footnote)
            if vault.revealed?.id == secret.id {
                Text(vault.revealed?.text ?? "").monospaced().privacySensitive()
                Button("Hide") { vault.hide() }.accessibilityLabel("Hide \(name(of: secret))")
            } else {
                Button("Show") { Task { await vault.reveal(secret.id) } }
                    .accessibilityLabel("Show \(name(of: secret))")
                    .disabled(vault.isBusy)
            }
        }
        .swipeActions(allowsFullSwipe: false) {
            // Not with the role of one that destroys: the row would go before the person has said yes.
            Button("Delete") { (doomed, isAsking) = (secret, true) }.tint(.red).disabled(vault.isBusy)
            Button("Share") { Task { await share(secret) } }.disabled(vault.isBusy)
        }
    }

    private func importFile(_ chosen: Result<URL, any Error>) async {
        guard let file = try? chosen.get() else { return await vault.fileWasNotGiven() }
        let opened = file.startAccessingSecurityScopedResource()
        defer { if opened { file.stopAccessingSecurityScopedResource() } }
        await vault.importFile(file)
    }

    private func share(_ secret: SecretInfo) async {
        if let bytes = await vault.export(secret.id) { shared = SharedSecret(id: secret.id, name: name(of: secret), bytes: bytes) }
    }

    private func name(of secret: SecretInfo) -> String { secret.label ?? "Without a label" }
}

/// A secret that is about to be handed to another app.
struct SharedSecret: Identifiable {
    let id: SecretID
    let name: String
    let bytes: SecretBytes
}
