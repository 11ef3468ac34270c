import DemoModels
import LockKeeper
import SwiftUI

/// Password, biometrics, and the end of the account.
struct AccountView: View {
    let vault: VaultModel
    @State private var old = ""
    @State private var new = ""
    @State private var isAsking = false

    var body: some View {
        Form {
            Section("Password") {
                SecureField("Old password", text: $old).textContentType(.password)
                SecureField("New password", text: $new).textContentType(.newPassword)
                Text(PasswordHint(new).text).font(.footnote)
                Button("Change it") { Task { await change() } }.disabled(old.isEmpty || new.isEmpty)
            }
            Section {
                Button("Unlock with face or finger from now on") { Task { await keepUnlock() } }
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
            SecureField("Password", text: $old)
            Button("Delete", role: .destructive) { Task { await vault.deleteAccount(old) } }
            Button("Keep it", role: .cancel) {}
        }
    }

    private func change() async {
        _ = await vault.changePassword(from: old, to: new)
        (old, new) = ("", "")
    }

    private func keepUnlock() async {
        do {
            try await BiometricKeychain().save(vault.deviceUnlock(), for: vault.account)
        } catch let error as LockKeeperError {
            vault.show(error)
        } catch {}
    }
}
