import DemoModels
import LockKeeper
import SwiftUI

/// Registers or unlocks.
struct DoorView: View {
    let app: AppModel
    @Bindable var door: DoorModel
    @State private var isNew = false

    var body: some View {
        Form {
            if let notice = app.lockNotice { Section { Label(words(for: notice), systemImage: "lock") } }
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
                    Button("Unlock with face or finger") { Task { await door.unlock(by: FaceGate()) } }.disabled(door.name.isEmpty)
                }
                Toggle("I am new here", isOn: $isNew)
            }
            WorkView(work: door.work)
            Section { Button("Another key server") { app.forgetServer() } }
        }
        .navigationTitle(isNew ? "New account" : "Unlock")
    }
}
