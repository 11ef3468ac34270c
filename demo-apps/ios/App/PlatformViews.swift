import AVFoundation
import LockKeeper
import SwiftUI
import UIKit
import UniformTypeIdentifiers
import VisionKit

/// Reads a QR code with the camera.
struct ScannerView: UIViewControllerRepresentable {
    /// Is handed what the code says.
    let found: @MainActor (String) -> Void
    /// The camera was taken away, or did not start.
    let failed: @MainActor () -> Void

    /// Whether the camera can scan here; asks the person where they were never asked.
    static func isAllowed() async -> Bool {
        guard DataScannerViewController.isSupported, await AVCaptureDevice.requestAccess(for: .video) else { return false }
        return DataScannerViewController.isAvailable
    }

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
        scanner.delegate = context.coordinator
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {
        if scanner.isScanning { return }
        do {
            try scanner.startScanning()
        } catch {
            // The view is being updated just now: what it shows must not change before that is over.
            Task { failed() }
        }
    }

    func makeCoordinator() -> Coordinator { Coordinator(self) }

    /// Hears of what the camera has found.
    @MainActor final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        private let view: ScannerView

        init(_ view: ScannerView) {
            self.view = view
        }

        func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]) {
            if case .barcode(let code)? = added.first, let text = code.payloadStringValue { view.found(text) }
        }

        func dataScanner(
            _ scanner: DataScannerViewController, becameUnavailableWithError error: DataScannerViewController.ScanningUnavailable
        ) {
            view.failed()
        }
    }
}

/// Hands a secret in the exchange format to another app, as a file with a name.
struct ShareView: UIViewControllerRepresentable {
    let name: String
    let bytes: SecretBytes

    func makeUIViewController(context: Context) -> UIActivityViewController {
        let file = NSItemProvider()
        file.suggestedName = name
        file.registerDataRepresentation(forTypeIdentifier: UTType.data.identifier, visibility: .all) { [bytes] finish in
            finish(bytes.withUnsafeBytes { Data($0) }, nil)
            return nil
        }
        return UIActivityViewController(activityItemsConfiguration: UIActivityItemsConfiguration(itemProviders: [file]))
    }

    func updateUIViewController(_ controller: UIActivityViewController, context: Context) {}
}
