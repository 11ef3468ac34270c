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
            Task { await importFile(result) }
        }
        .sheet(item: $shared) { secret in
            ShareView(name: secret.name, bytes: secret.bytes)
        }
    }

    private func row(_ secret: SecretInfo) -> some View {
        VStack(alignment: .leading) {
            Text(name(of: secret))
            Text("\(secret.length) bytes, \(secret.created.formatted())").font(.footnote)
            if vault.revealed?.id == secret.id {
                Text(vault.revealed?.text ?? "").monospaced().privacySensitive()
                Button("Hide") { vault.hide() }.accessibilityLabel("Hide \(name(of: secret))")
            } else {
                Button("Show") { Task { await vault.reveal(secret.id) } }.accessibilityLabel("Show \(name(of: secret))")
            }
        }
        .swipeActions {
            Button("Delete", role: .destructive) { Task { await vault.delete(secret.id) } }
            Button("Share") { Task { await share(secret) } }
        }
    }

    private func generate() async {
        await vault.generate(label: label)
        label = ""
    }

    private func importFile(_ chosen: Result<URL, any Error>) async {
        let name = (try? chosen.get())?.lastPathComponent ?? ""
        await vault.importFile(label: label.isEmpty ? name : label) {
            let file = try chosen.get()
            let opened = file.startAccessingSecurityScopedResource()
            defer { if opened { file.stopAccessingSecurityScopedResource() } }
            return try Data(contentsOf: file)
        }
        label = ""
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
