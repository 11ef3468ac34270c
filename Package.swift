// swift-tools-version: 6.0
import PackageDescription

/// The library of the last release, which bindings/swift/release/release.sh writes here.
let released: (version: String, checksum: String)? = nil

/// Where the core comes from. A variable decides, else Linux takes the source, and Apple the release.
///
/// - `source`: the static library that `cargo build -p lock-keeper-ffi` makes; its folder is given with `-Xlinker -L`.
/// - `xcframework`: target/swift/LockKeeperFFI.xcframework, which bindings/swift/release/xcframework.sh makes.
/// - `release`: the XCFramework of the release, by address and checksum.
func core() -> Target {
    #if os(Linux)
        let usual = "source"
    #else
        let usual = released == nil ? "xcframework" : "release"
    #endif
    switch (Context.environment["LOCK_KEEPER_SWIFT_CORE"] ?? usual, released) {
    case ("xcframework", _):
        return .binaryTarget(name: "LockKeeperFFI", path: "target/swift/LockKeeperFFI.xcframework")
    case ("source", _):
        return .systemLibrary(name: "LockKeeperFFI", path: "bindings/swift/Sources/LockKeeperFFI")
    case ("release", let released?):
        return .binaryTarget(
            name: "LockKeeperFFI",
            url: "https://github.com/lock-keeper/lock-keeper/releases/download/\(released.version)/LockKeeperFFI.xcframework.zip",
            checksum: released.checksum)
    case ("release", nil):
        fatalError("LOCK_KEEPER_SWIFT_CORE is release, and there is no release yet; take source or xcframework")
    case (let other, _):
        fatalError("LOCK_KEEPER_SWIFT_CORE is \(other); it can be source, xcframework or release")
    }
}

let package = Package(
    name: "LockKeeper",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "LockKeeper", targets: ["LockKeeper"]),
        .library(name: "LockKeeperTesting", targets: ["LockKeeperTesting"]),
    ],
    targets: [
        core(),
        // Generated, in the language mode that it was written for. No product has it, and what it declares is `package`: an app that imports
        // it finds nothing. LockKeeperFFI is C, which has no such word: an app can call it, and should not.
        .target(
            name: "LockKeeperBindings",
            dependencies: ["LockKeeperFFI"],
            path: "bindings/swift/Sources/LockKeeperBindings",
            swiftSettings: [.swiftLanguageMode(.v5)],
            // `-l:` names the archive: with a plain name the linker would prefer a dynamic library beside it.
            linkerSettings: [.linkedLibrary(":liblock_keeper_ffi.a", .when(platforms: [.linux]))]),
        .target(
            name: "LockKeeper",
            dependencies: ["LockKeeperBindings"],
            path: "bindings/swift/Sources/LockKeeper",
            resources: [.copy("PrivacyInfo.xcprivacy")]),
        .target(
            name: "LockKeeperTesting",
            dependencies: ["LockKeeper"],
            path: "bindings/swift/Sources/LockKeeperTesting"),
        .testTarget(
            name: "LockKeeperTests",
            dependencies: ["LockKeeper", "LockKeeperBindings", "LockKeeperTesting"],
            path: "bindings/swift/Tests/LockKeeperTests"),
    ],
    swiftLanguageModes: [.v6]
)
