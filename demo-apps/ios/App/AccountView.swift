import DemoModels
import SwiftUI

/// Password, biometrics, and the end of the account.
struct AccountView: View {
    let vault: VaultModel
    @State private var old = ""
    @State private var new = ""
    @State private var repeated = ""
    @State private var confirming = ""
    @State private var isAsking = false

    var body: some View {
        Form {
            Section("Password") {
                SecureField("Old password", text: $old).textContentType(.password)
                SecureField("New password", text: $new).textContentType(.newPassword)
                SecureField("New password once more", text: $repeated).textContentType(.newPassword)
                Text(isMistyped ? "The two passwords differ." : PasswordHint(new).text).font(.footnote)
                Button("Change it") { Task { await change() } }.disabled(old.isEmpty || new.isEmpty || new != repeated)
            }
            Section {
                Button("Unlock with face or finger from now on") { Task { await vault.keepUnlock(in: FaceGate()) } }
                if vault.isUnlockKept { Label("Kept on this device", systemImage: "checkmark") }
            } footer: {
                Text("Worth as much as the password, on this device alone. A new face or finger destroys it.")
            }
            WorkView(work: vault.work)
            Section {
                Button("Delete the account", role: .destructive) { isAsking = true }
            } footer: {
                Text("Everything that you keep goes with it, for good.")
            }
        }
        .navigationTitle("Account")
        .alert("Delete the account for good?", isPresented: $isAsking) {
            SecureField("Password", text: $confirming)
            Button("Delete", role: .destructive) { delete() }
            Button("Keep it", role: .cancel) { confirming = "" }
        }
    }

    private var isMistyped: Bool { !repeated.isEmpty && new != repeated }

    private func change() async {
        let (from, to) = (old, new)
        (old, new, repeated) = ("", "", "")
        _ = await vault.changePassword(from: from, to: to)
    }

    private func delete() {
        let password = confirming
        confirming = ""
        Task { await vault.deleteAccount(password) }
    }
}
