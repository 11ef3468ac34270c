// swift-tools-version: 6.0
import PackageDescription

// The logic of the demo app, which needs no screen: it builds and is tested on Linux too. The app itself is in App, and project.yml.
let package = Package(
    name: "DemoModels",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "DemoModels", targets: ["DemoModels"])],
    dependencies: [.package(name: "LockKeeper", path: "../..")],
    targets: [
        .target(name: "DemoModels", dependencies: [.product(name: "LockKeeper", package: "LockKeeper")]),
        .testTarget(
            name: "DemoModelsTests",
            dependencies: ["DemoModels", .product(name: "LockKeeperTesting", package: "LockKeeper")]),
    ],
    swiftLanguageModes: [.v6]
)
