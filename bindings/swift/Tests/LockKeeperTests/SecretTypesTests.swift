import Foundation
import Testing

@testable import LockKeeper

@Suite struct SecretTypes {
    @Test func neitherPrintingNorDumpingShowsASecret() throws {
        let password = Password("hunter2")
        let bytes = SecretBytes(Array("hunter2".utf8))
        let unlock = DeviceUnlock(bytes: bytes)
        let info = SecretInfo(
            id: try #require(SecretID(String(repeating: "a5", count: 16))), label: "hunter2", origin: .imported, created: Date(),
            length: bytes.count)
        for value: Any in [password, bytes, unlock, info, Secret(info: info, bytes: bytes)] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] {
                #expect(!text.contains("hunter2") && !text.contains("104"), "\(type(of: value))")
            }
        }
    }

    @Test func wipedBytesAreGone() {
        let bytes = SecretBytes([1, 2, 3])
        #expect(bytes.count == 3)
        bytes.wipe()
        #expect(bytes.count == 0)
        bytes.withUnsafeBytes { #expect($0.isEmpty) }
    }

    @Test func aWipeOverwritesTheMemoryItselfWhenTheLastReaderIsThrough() {
        let bytes = SecretBytes([1, 2, 3])
        bytes.withUnsafeBytes { lent in
            bytes.wipe()
            #expect(Array(lent) == [1, 2, 3], "a reader may finish")
            bytes.withUnsafeBytes { #expect($0.isEmpty) }
        }
        let memory = WipedMemory(copying: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(memory.count == 0)
        // A wipe without readers overwrites at once: the block is still there to look at.
        let password = Password("hunter2")
        let address = password.memory.withUnsafeBytes { $0 }
        password.wipe()
        #expect(address.allSatisfy { $0 == 0 })
    }

    @Test func whatTheCoreHandedOutIsOverwrittenWhereItStood() throws {
        let core = HandingOut(64)
        let session = CoreSession(core)
        let call = EngineCall(timeLeft: .seconds(1), cancellation: Cancellation(), progress: nil)
        let takings: [() throws -> SecretBytes] = [
            { try session.generate(bytes: 64, label: nil, id: nil, call: call).bytes },
            { try session.retrieve(.random(), purpose: .unspecified, call: call).bytes },
            { try session.export(.random(), call: call) },
        ]
        for take in takings {
            let taken = try take()
            #expect(taken == SecretBytes(Array(repeating: 7, count: 64)))
            #expect(core.place.allSatisfy { $0 == 0 })
        }
    }

    @Test func secretsAreComparedByTheirBytes() {
        #expect(SecretBytes([1, 2]) == SecretBytes([1, 2]))
        #expect(SecretBytes([1, 2]) != SecretBytes([1, 3]))
        #expect(SecretBytes([1, 2]) != SecretBytes([1, 2, 0]))
    }

    @Test func aSecretIDIsThirtyTwoDigitsEverywhere() throws {
        let text = String(repeating: "a5", count: 16)
        let id = try #require(SecretID(text))
        #expect("\(id)" == text)
        #expect(try JSONEncoder().encode([id]) == Data("[\"\(text)\"]".utf8))
        #expect(try JSONDecoder().decode([SecretID].self, from: Data("[\"\(text)\"]".utf8)) == [id])
        for bad in ["", "a5", text.uppercased(), text + "a5", String(repeating: "ä", count: 16)] {
            #expect(SecretID(bad) == nil)
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode([SecretID].self, from: JSONEncoder().encode([bad]))
            }
        }
        #expect(SecretID.random() != SecretID.random())
    }

    @Test func lengthsOfTimeAreCutToWholeMilliseconds() {
        #expect(Duration.milliseconds(1500).wholeMilliseconds == 1500)
        #expect(Duration.microseconds(999).wholeMilliseconds == 0)
        #expect(Duration.seconds(-1).wholeMilliseconds == 0)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
    }
}
