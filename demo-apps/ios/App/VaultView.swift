import DemoModels
import LockKeeper
import SwiftUI
import UniformTypeIdentifiers

/// The unlocked account.
struct VaultView: View {
    @Bindable var vault: VaultModel
    @State private var label = ""
    @State private var isImporting = false
    @State private var shared: SharedSecret?

    var body: some View {
        List {
            Section("New secret") {
                TextField("What it is for", text: $label)
                Button("Generate", systemImage: "dice") { Task { await generate() } }
                Button("Import a file", systemImage: "square.and.arrow.down") { isImporting = true }
            }
            WorkView(work: vault.work)
            Section("Secrets") {
                ForEach(vault.secrets) { secret in row(secret) }
            }
            Section {
                NavigationLink("Log") { LogView(vault: vault) }
                NavigationLink("Account") { AccountView(vault: vault) }
            }
        }
        .navigationTitle(vault.account)
        .toolbar { Button("Lock", systemImage: "lock") { vault.lock() } }
        .task { await vault.refresh() }
        .fileImporter(isPresented: $isImporting, allowedContentTypes: [.data]) { result in
            if case .success(let file) = result { Task { await importFile(file) } }
        }
        .sheet(item: $shared) { secret in
            ShareView(bytes: secret.bytes)
        }
    }

    private func row(_ secret: SecretInfo) -> some View {
        VStack(alignment: .leading) {
            Text(secret.label ?? "Without a label")
            Text("\(secret.length) bytes, \(secret.created.formatted())").font(.footnote)
            if vault.revealed?.id == secret.id {
                Text(vault.revealed?.text ?? "").monospaced().privacySensitive().onTapGesture { vault.hide() }
                    .accessibilityHint("Tap to hide")
            } else {
                Button("Show") { Task { await vault.reveal(secret.id) } }
            }
        }
        .swipeActions {
            Button("Delete", role: .destructive) { Task { await vault.delete(secret.id) } }
            Button("Share") { Task { await share(secret.id) } }
        }
    }

    private func generate() async {
        await vault.generate(label: label)
        label = ""
    }

    private func importFile(_ file: URL) async {
        let opened = file.startAccessingSecurityScopedResource()
        defer { if opened { file.stopAccessingSecurityScopedResource() } }
        guard let contents = try? Data(contentsOf: file) else { return }
        await vault.importFile(contents, label: label.isEmpty ? file.lastPathComponent : label)
        label = ""
    }

    private func share(_ id: SecretID) async {
        if let bytes = await vault.export(id) { shared = SharedSecret(id: id, bytes: bytes) }
    }
}

/// A secret that is about to be handed to another app.
struct SharedSecret: Identifiable {
    let id: SecretID
    let bytes: SecretBytes
}
