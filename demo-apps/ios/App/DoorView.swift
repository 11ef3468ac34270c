import DemoModels
import LockKeeper
import SwiftUI

/// Registers or unlocks.
struct DoorView: View {
    let app: AppModel
    @Bindable var door: DoorModel
    @State private var isNew = false
    @State private var isAsking = false

    var body: some View {
        Form {
            if let notice = app.lockNotice { Section { NoticeView(text: words(for: notice), image: "lock") } }
            if let forgotten = door.forgotten {
                Section { NoticeView(text: "This device knows nothing of \(forgotten) any more.", image: "checkmark") }
            }
            Section {
                TextField("Name", text: $door.name)
                    .textContentType(.username)
                    .textInputAutocapitalization(.never)
                    .autocorrectionDisabled()
                SecureField("Password", text: $door.password)
                    .textContentType(isNew ? .newPassword : .password)
                if isNew {
                    SecureField("Password once more", text: $door.repeated).textContentType(.newPassword)
                    Text(door.isMistyped ? "The two passwords differ." : door.hint.text).font(.footnote)
                }
            } footer: {
                if isNew { Text("Nobody can reset the password. Without it, what you keep is lost.") }
            }
            Section {
                if isNew {
                    Button("Make the account") { Task { await door.register() } }.disabled(!door.canRegister)
                } else {
                    Button("Unlock") { Task { await door.unlock() } }.disabled(!door.canUnlock)
                    if door.canUnlockByGate, let account = door.lastAccount {
                        Button("Unlock \(account) by face or finger") { Task { await door.unlockByGate() } }.disabled(door.work.isBusy)
                    }
                }
                Toggle("I am new here", isOn: $isNew)
            }
            WorkView(work: door.work)
            if let account = door.disputed {
                Section {
                    Button("Forget \(account) on this device", role: .destructive) { isAsking = true }.disabled(door.work.isBusy)
                } footer: {
                    Text("This helps where you have deleted the account yourself, on another device.")
                }
            }
            Section { Button("Another key server") { Task { await app.forgetServer() } }.disabled(door.work.isBusy) }
        }
        .alert("Forget \(door.disputed ?? "") on this device?", isPresented: $isAsking) {
            Button("Forget it", role: .destructive) { Task { await door.forget() } }
            Button("Keep it", role: .cancel) {}
        } message: {
            Text(
                "What this device knows of the account protects you from a server that hides something. "
                    + "Forget it only if you have deleted the account yourself, or the provider of the app has told you why.")
        }
        .navigationTitle(isNew ? "New account" : "Unlock")
    }
}
