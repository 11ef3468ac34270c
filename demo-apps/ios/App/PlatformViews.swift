import LockKeeper
import SwiftUI
import UIKit
import VisionKit

/// Reads a QR code with the camera.
struct ScannerView: UIViewControllerRepresentable {
    let found: @MainActor (String) -> Void

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
        scanner.delegate = context.coordinator
        try? scanner.startScanning()
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {}

    func makeCoordinator() -> Coordinator { Coordinator(found: found) }

    /// Hears of what the camera has found.
    @MainActor final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        let found: @MainActor (String) -> Void

        init(found: @escaping @MainActor (String) -> Void) {
            self.found = found
        }

        func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]) {
            if case .barcode(let code)? = added.first, let text = code.payloadStringValue { found(text) }
        }
    }
}

/// Hands a secret in the exchange format to another app.
struct ShareView: UIViewControllerRepresentable {
    let bytes: SecretBytes

    func makeUIViewController(context: Context) -> UIActivityViewController {
        UIActivityViewController(activityItems: [bytes.withUnsafeBytes { Data($0) }], applicationActivities: nil)
    }

    func updateUIViewController(_ controller: UIActivityViewController, context: Context) {}
}
