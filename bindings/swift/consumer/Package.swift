// swift-tools-version: 6.0
import PackageDescription

// An app that depends on LockKeeper as any other does: on its products, by their public API alone.
let package = Package(
    name: "Consumer",
    platforms: [.iOS(.v16), .macOS(.v13)],
    dependencies: [.package(name: "LockKeeper", path: "../../..")],
    targets: [
        .executableTarget(
            name: "Consumer",
            dependencies: [
                .product(name: "LockKeeper", package: "LockKeeper"),
                .product(name: "LockKeeperTesting", package: "LockKeeper"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
