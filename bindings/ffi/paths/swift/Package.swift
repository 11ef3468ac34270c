// swift-tools-version: 6.0
import PackageDescription

// One program over the generated Swift, with nothing in between. run.sh puts the generated sources beside it.
let package = Package(
    name: "Path",
    targets: [
        .systemLibrary(name: "LockKeeperFFI", path: "Sources/LockKeeperFFI"),
        .target(
            name: "LockKeeperBindings", dependencies: ["LockKeeperFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            // `-l:` names the archive: with a plain name the linker would prefer a dynamic library beside it.
            linkerSettings: [.linkedLibrary(":liblock_keeper_ffi.a", .when(platforms: [.linux]))]),
        .executableTarget(name: "Path", dependencies: ["LockKeeperBindings"]),
    ],
    swiftLanguageModes: [.v6]
)
