// What KeychainStore and BiometricKeychain make of what the keychain answers. It is compiled with the package's own sources and with the
// stand-ins, as one program: run_keychain.sh.
import Foundation
import LocalAuthentication
import Security

@main struct KeychainChecks {
    static let value = Data(repeating: 7, count: 40)
    static let unlock = DeviceUnlock(bytes: SecretBytes([1, 2, 3]))
    static let store = KeychainStore()
    static let biometrics = BiometricKeychain(accessGroup: "TEAM.shared")

    static func main() async throws {
        aStoreThatCannotBeReadIsNeverAnEmptySlot()
        aPutMakesAnItemOnlyWhereThereIsNone()
        aRemovalOfNothingIsNoFailure()
        await anUnlockThatCannotBeHadIsNeverAnAbsentOne()
        await anUnlockIsKeptBehindTheFacesOfToday()
        await aCancelledTaskEndsAsCancelledWhateverTheKeychainSays()
        print("the keychain's answers are taken as they should be")
    }

    static func aStoreThatCannotBeReadIsNeverAnEmptySlot() {
        script(.init(errSecSuccess, value as AnyObject))
        check((try? store.get("slot")) == value)
        for (status, failure): (OSStatus, StoreFailure) in [
            (errSecInteractionNotAllowed, .unavailable), (errSecNotAvailable, .unavailable), (errSecAuthFailed, .unavailable),
            (errSecDecode, .corrupt), (errSecUserCanceled, .other), (-34018, .other),
        ] {
            script(.init(status))
            check(refusal { _ = try store.get("slot") } == failure, "\(status)")
            script(.init(status))
            check(refusal { try store.put("slot", value) } == failure, "\(status)")
            script(.init(errSecItemNotFound), .init(status))
            check(refusal { try store.put("slot", value) } == failure, "\(status)")
            script(.init(status))
            check(refusal { try store.remove("slot") } == failure, "\(status)")
        }
        script(.init(errSecSuccess, NSNumber(value: 1)))
        check(refusal { _ = try store.get("slot") } == .corrupt)

        script(.init(errSecItemNotFound))
        check(refusal { try check(store.get("slot") == nil) } == nil, "an empty slot alone is empty")
        let query = Script.asked[0].attributes
        check(query[kSecAttrAccount] as? String == "slot" && query[kSecAttrSynchronizable] as? Bool == false)
        check(query[kSecUseDataProtectionKeychain] as? Bool == true && query[kSecAttrAccessGroup] == nil)
    }

    static func aPutMakesAnItemOnlyWhereThereIsNone() {
        let accessible = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        for (answers, asked): ([OSStatus], [String]) in [
            ([errSecSuccess], ["update"]),
            ([errSecItemNotFound, errSecSuccess], ["update", "add"]),
            ([errSecItemNotFound, errSecDuplicateItem, errSecSuccess], ["update", "add", "update"]),
        ] {
            Script.asked = []
            Script.answers = answers.map { .init($0) }
            check(refusal { try store.put("slot", value) } == nil)
            check(Script.asked.map(\.function) == asked)
            for (_, attributes) in Script.asked {
                check(attributes[kSecValueData] as? Data == value && attributes[kSecAttrAccessible] as? String == accessible)
                check(attributes[kSecAttrAccount] as? String == "slot" && attributes[kSecAttrSynchronizable] as? Bool == false)
            }
        }
    }

    static func aRemovalOfNothingIsNoFailure() {
        for status in [errSecSuccess, errSecItemNotFound] {
            script(.init(status))
            check(refusal { try store.remove("slot") } == nil)
            script(.init(status))
            check((try? biometrics.remove("ada")) != nil)
        }
    }

    static func anUnlockThatCannotBeHadIsNeverAnAbsentOne() async {
        script(.init(errSecSuccess, Data([1, 2, 3]) as AnyObject))
        let loaded = await ending { try await biometrics.load("ada", reason: "to open") }
        check((try? loaded.get())??.bytes == unlock.bytes)
        let query = Script.asked[0].attributes
        check((query[kSecUseAuthenticationContext] as? LAContext)?.localizedReason == "to open")
        check(query[kSecAttrAccount] as? String == "ada" && query[kSecAttrAccessGroup] as? String == "TEAM.shared")

        for (status, code): (OSStatus, LockKeeperError.Code) in [
            (errSecInteractionNotAllowed, .storeUnavailable), (errSecNotAvailable, .storeUnavailable),
            (errSecAuthFailed, .storeUnavailable), (errSecDecode, .deviceUnlockInvalidated), (errSecUserCanceled, .cancelled),
            (-34018, .internal),
        ] {
            script(.init(status))
            let ended = await ending { try await biometrics.load("ada", reason: "to open") }
            check(self.code(ended) == code, "\(status)")
        }
        script(.init(errSecItemNotFound))
        let absent = await ending { try await biometrics.load("ada", reason: "to open") }
        if case .success(nil) = absent {} else { check(false, "an item that is not there is none") }
    }

    static func anUnlockIsKeptBehindTheFacesOfToday() async {
        script(.init(errSecItemNotFound), .init(errSecSuccess))
        let kept = await ending { try await biometrics.save(unlock, for: "ada") }
        check((try? kept.get()) != nil)
        check(Script.asked.map(\.function) == ["delete", "add"])
        let item = Script.asked[1].attributes
        let access = item[kSecAttrAccessControl] as? SecAccessControl
        check(access?.flags == .biometryCurrentSet)
        check(access?.protection == kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly)
        check(item[kSecAttrAccessible] == nil, "the access control says it; both are refused")

        script(.init(errSecItemNotFound), .init(errSecNotAvailable))
        let refused = await ending { try await biometrics.save(unlock, for: "ada") }
        check(code(refused) == .storeUnavailable)
    }

    /// An invalidated context leaves a status that Apple does not promise.
    static func aCancelledTaskEndsAsCancelledWhateverTheKeychainSays() async {
        for status in [errSecUserCanceled, errSecAuthFailed, errSecItemNotFound, -1] {
            let asked = DispatchSemaphore(value: 0)
            let invalidated = DispatchSemaphore(value: 0)
            LAContext.onInvalidate = { invalidated.signal() }
            script(
                .init(status) {
                    asked.signal()
                    invalidated.wait()
                })
            let loading = Task { try await biometrics.load("ada", reason: "to open") }
            await withCheckedContinuation { seen in
                DispatchQueue.global().async {
                    asked.wait()
                    seen.resume()
                }
            }
            loading.cancel()
            switch await loading.result {
            case .failure(is CancellationError): break
            case let other: check(false, "\(status): \(other)")
            }
        }
    }

    static func script(_ answers: Script.Answer...) {
        Script.asked = []
        Script.answers = answers
    }

    static func refusal(of body: () throws -> Void) -> StoreFailure? {
        do {
            try body()
            return nil
        } catch {
            check(error is StoreFailure)
            return error as? StoreFailure
        }
    }

    static func ending<T>(of body: () async throws -> T) async -> Result<T, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    static func code<T>(_ ended: Result<T, any Error>) -> LockKeeperError.Code? {
        guard case .failure(let error as LockKeeperError) = ended else { return nil }
        return error.code
    }

    static func check(_ holds: @autoclosure () throws -> Bool, _ what: String = "", line: Int = #line) rethrows {
        guard try !holds() else { return }
        print("KeychainChecks.swift:\(line): does not hold. \(what)")
        exit(1)
    }
}
