import Foundation
import LockKeeper
import LockKeeperTesting

/// What the articles show, in the order of the articles.
func showLog(of session: Session) async throws {
    for try await entry in session.audit() {
        print(entry.at, entry.action, entry.outcome)
    }
}

func importKey(_ session: Session) async throws {
    let id = session.newSecretID()
    UserDefaults.standard.set(id.description, forKey: "pendingSecret")
    _ = try await session.importSecret(SecretBytes([1, 2, 3]), label: "signing key", id: id)
    UserDefaults.standard.removeObject(forKey: "pendingSecret")
}

func lookAgain(_ client: LockKeeperClient, _ name: String, _ typed: String) async throws {
    let session = try await client.openSession(name, Password(typed))
    for secret in try await session.list() {
        print(secret.label ?? "without a label", secret.length)
    }
    session.lock()
}

func keepWhatTheServerCannotRead(_ session: Session) async throws {
    // The server stores two sealed texts. It learns how long they are and when they came, and can read neither.
    let made = try await session.generate(bytes: 16, label: "garden gate")
    // It learns that this secret was fetched, and what the app said what for: so does whoever reads the log.
    _ = try await session.retrieve(made.info.id, purpose: .localOnly)
    for try await entry in session.audit(AuditFilter(secrets: [made.info.id])) {
        print(entry.at, entry.action)
    }
}

func storeForCertain(_ bytes: SecretBytes, in session: Session) async throws {
    let id = session.newSecretID()
    do {
        _ = try await session.importSecret(bytes, label: "signing key", id: id)
    } catch let error as LockKeeperError where error.mayHaveHappened {
        // If it has happened, this stores nothing more and answers with the secret that is there.
        _ = try await session.importSecret(bytes, label: "signing key", id: id)
    }
}

func unlock(_ client: LockKeeperClient, _ name: String, _ typed: String) async {
    do {
        let session = try await client.openSession(name, Password(typed)) { phase in
            if phase == .stretching { print("one moment") }
        }
        session.lock()
    } catch is CancellationError {
        // The person went away; nothing has happened.
    } catch let error as LockKeeperError {
        switch error.advice {
        case .askPassword, .fixInput: show(error, button: "Change")
        case .wait: show(error, until: error.retryAfter)
        case .retry, .unlockDevice: show(error, button: "Try again")
        case .checkNetwork, .checkClock: show(error, button: "Settings")
        case .updateApp: show(error, button: "Update")
        case .contactSupport, .bug: show(error, button: "Contact us")
        }
    } catch {
        assertionFailure("nothing else is thrown")
    }
}

private func show(_ error: LockKeeperError, button: String) {
    print(error.localizedDescription, button)
}

private func show(_ error: LockKeeperError, until wait: Duration?) {
    print(error.localizedDescription, wait ?? .zero)
}

func testAnApp() async throws {
    let server = FakeKeyServer()
    let session = try await server.client().register("ada", Password("correct horse"))
    server.failNext(LockKeeperError(.offline))
    do {
        _ = try await session.generate()
    } catch let error as LockKeeperError where error.code == .offline {
        print("the app shows that it is offline")
    }
}

func followLocking(of session: Session) async {
    Task {
        for await reason in session.lockEvents {
            print("locked:", reason)
        }
    }
    session.lock()
}
