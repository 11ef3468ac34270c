import DemoModels
import SwiftUI

/// Password, biometrics, and the end of the account.
struct AccountView: View {
    let vault: VaultModel
    @Bindable var account: AccountModel
    @State private var isAsking = false

    var body: some View {
        Form {
            Section("Password") {
                SecureField("Old password", text: $account.oldPassword).textContentType(.password)
                SecureField("New password", text: $account.newPassword).textContentType(.newPassword)
                SecureField("New password once more", text: $account.repeatedPassword).textContentType(.newPassword)
                Text(account.isMistyped ? "The two passwords differ." : account.hint.text).font(.footnote)
                Button("Change it") { Task { await account.changePassword() } }.disabled(!account.canChangePassword || vault.isBusy)
            }
            if account.isPasswordChanged {
                Section { NoticeView(text: "The password is changed. Other devices have to unlock again.", image: "checkmark") }
            }
            WorkView(work: account.work)
            Section {
                Toggle("Unlock by face or finger", isOn: keepsUnlock).disabled(vault.isBusy)
            } footer: {
                Text("Worth as much as the password, on this device alone. A new face or finger destroys it.")
            }
            Section {
                Button("Delete the account", role: .destructive) { isAsking = true }.disabled(vault.isBusy)
            } footer: {
                Text("Everything that you keep goes with it, for good.")
            }
        }
        .navigationTitle("Account")
        .onDisappear { account.forgetPasswords() }
        .alert("Delete the account for good?", isPresented: $isAsking) {
            SecureField("Password", text: $account.confirmation)
            Button("Delete", role: .destructive) { Task { await account.deleteAccount() } }
            Button("Keep it", role: .cancel) { account.confirmation = "" }
        } message: {
            Text("All your secrets go with it. Nobody can bring them back.")
        }
    }

    private var keepsUnlock: Binding<Bool> {
        Binding(
            get: { account.isUnlockKept },
            set: { keeps in Task { if keeps { await account.keepUnlock() } else { await account.dropUnlock() } } }
        )
    }
}
