// A stand-in for the little of Apple's SwiftUI that the demo app uses, so that its views can be type-checked on Linux against the real
// models. It finds a wrong label, a wrong property of a model and a wrong type, as far as it was copied down rightly from Apple's
// documentation. It proves nothing about how anything looks or works.
@_exported import Foundation
@_exported import Observation

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor var body: Body { get }
}
extension Never: View { public var body: Never { return fatalError() } }
public struct Leaf: View {
    public nonisolated init() {}
    public var body: Never { return fatalError() }
}
extension Optional: View where Wrapped: View { public var body: Never { return fatalError() } }

@resultBuilder public struct ViewBuilder {
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> Leaf { Leaf() }
    public static func buildOptional(_ content: Leaf?) -> Leaf { Leaf() }
    public static func buildEither(first: Leaf) -> Leaf { first }
    public static func buildEither(second: Leaf) -> Leaf { second }
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
}

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder @MainActor var body: Body { get }
}
extension Never: Scene {}
@resultBuilder public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}
public struct WindowGroup<Content: View>: Scene {
    public init(@ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder @MainActor var body: Body { get }
    @MainActor init()
}
extension App { @MainActor public static func main() {} }

@propertyWrapper public struct State<Value> {
    public init(wrappedValue: Value) { fatalError() }
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
    public var projectedValue: Binding<Value> { fatalError() }
}
extension State where Value: ExpressibleByNilLiteral { public init() { fatalError() } }
@propertyWrapper public struct Binding<Value> {
    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {}
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
    public var projectedValue: Binding<Value> { self }
}
@propertyWrapper @dynamicMemberLookup public struct Bindable<Value> {
    public init(wrappedValue: Value) { fatalError() }
    public var wrappedValue: Value { fatalError() }
    public var projectedValue: Bindable<Value> { self }
}
extension Bindable where Value: AnyObject {
    public subscript<Subject>(dynamicMember path: ReferenceWritableKeyPath<Value, Subject>) -> Binding<Subject> { fatalError() }
}
@propertyWrapper public struct Environment<Value> {
    public init(_ path: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { fatalError() }
}
public struct EnvironmentValues { public var scenePhase: ScenePhase { fatalError() } }
public enum ScenePhase: Equatable, Sendable { case background, inactive, active }

public struct Text: View {
    public init<S: StringProtocol>(_ text: S) {}
    public var body: Never { return fatalError() }
}
public struct Image: View {
    public init(systemName: String) {}
    public var body: Never { return fatalError() }
}
public struct Label: View {
    public init<S: StringProtocol>(_ text: S, systemImage: String) {}
    public var body: Never { return fatalError() }
}
public struct Color: View, Sendable {
    public init(_ color: UIColor) {}
    public static let green = Color(.systemBackground)
    public static let red = Color(.systemBackground)
    public var body: Never { return fatalError() }
}
public struct UIColor: Sendable { public static let systemBackground = UIColor() }
public struct ProgressView: View {
    public init() {}
    public var body: Never { return fatalError() }
}
public struct ButtonRole: Sendable {
    public static let destructive = ButtonRole()
    public static let cancel = ButtonRole()
}
public struct Button: View {
    public init<S: StringProtocol>(_ text: S, action: @escaping @MainActor () -> Void) {}
    public init<S: StringProtocol>(_ text: S, systemImage: String, action: @escaping @MainActor () -> Void) {}
    public init<S: StringProtocol>(_ text: S, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
    public var body: Never { return fatalError() }
}
public enum Axis: Sendable { case horizontal, vertical }
public struct TextField: View {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>) {}
    public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) {}
    public var body: Never { return fatalError() }
}
public struct SecureField: View {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>) {}
    public var body: Never { return fatalError() }
}
public struct Toggle: View {
    public init<S: StringProtocol>(_ text: S, isOn: Binding<Bool>) {}
    public var body: Never { return fatalError() }
}
public struct NavigationLink: View {
    public init<S: StringProtocol, Content: View>(_ text: S, @ViewBuilder destination: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct Section: View {
    public init<S: StringProtocol, Content: View>(_ text: S, @ViewBuilder content: () -> Content) {}
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
    public init<Content: View, Footer: View>(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) {}
    public var body: Never { return fatalError() }
}
public struct ForEach: View {
    public init<Items: RandomAccessCollection, Content: View>(
        _ items: Items, @ViewBuilder content: @escaping (Items.Element) -> Content
    ) where Items.Element: Identifiable {}
    public var body: Never { return fatalError() }
}
public struct NavigationStack: View {
    public init<Content: View>(@ViewBuilder root: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct Form: View {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct List: View {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct HStack: View {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct ZStack: View {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public struct VStack: View {
    public init<Content: View>(alignment: HorizontalAlignment = .center, @ViewBuilder content: () -> Content) {}
    public var body: Never { return fatalError() }
}
public struct Font: Sendable {
    public static let footnote = Font()
    public static let largeTitle = Font()
}
public enum HorizontalEdge: Sendable { case leading, trailing }
public enum Visibility: Sendable { case automatic, visible, hidden }
public protocol TimelineSchedule {}
public struct PeriodicTimelineSchedule: TimelineSchedule {}
extension TimelineSchedule where Self == PeriodicTimelineSchedule {
    public static func periodic(from start: Date, by interval: TimeInterval) -> PeriodicTimelineSchedule { PeriodicTimelineSchedule() }
}
public struct TimelineViewDefaultContext { public let date: Date }
public struct TimelineView<Schedule: TimelineSchedule, Content: View>: View {
    public init(_ schedule: Schedule, @ViewBuilder content: @escaping (TimelineViewDefaultContext) -> Content) {}
    public var body: Never { return fatalError() }
}
public enum Edge: Sendable { public struct Set: Sendable { public static let leading = Set() } }
public struct TextInputAutocapitalization: Sendable { public static var never: Self { Self() } }
public struct UITextContentType: Sendable {
    public static let username = Self()
    public static let password = Self()
    public static let newPassword = Self()
}
public struct EnabledTextSelectability: Sendable { public static let enabled = Self() }
public struct AccessibilityChildBehavior: Sendable { public static let combine = Self() }

extension View {
    public func onChange<Value: Equatable>(
        of value: Value, initial: Bool = false, _ act: @escaping @MainActor (Value, Value) -> Void
    ) -> some View { Leaf() }
    public func onDisappear(perform act: (@MainActor () -> Void)? = nil) -> some View { Leaf() }
    public func refreshable(action: @escaping @MainActor @Sendable () async -> Void) -> some View { Leaf() }
    public func tint(_ color: Color?) -> some View { Leaf() }
    public func font(_ font: Font?) -> some View { Leaf() }
    public func ignoresSafeArea() -> some View { Leaf() }
    public func accessibilityLabel(_ text: String) -> some View { Leaf() }
    public func accessibilityHint(_ text: String) -> some View { Leaf() }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> some View { Leaf() }
    public func lineLimit(_ lines: ClosedRange<Int>) -> some View { Leaf() }
    public func autocorrectionDisabled(_ disabled: Bool = true) -> some View { Leaf() }
    public func textInputAutocapitalization(_ kind: TextInputAutocapitalization?) -> some View { Leaf() }
    public func textContentType(_ kind: UITextContentType?) -> some View { Leaf() }
    public func textSelection(_ kind: EnabledTextSelectability) -> some View { Leaf() }
    public func disabled(_ disabled: Bool) -> some View { Leaf() }
    public func navigationTitle<S: StringProtocol>(_ text: S) -> some View { Leaf() }
    public func toolbar<Content: View>(@ViewBuilder content: () -> Content) -> some View { Leaf() }
    public func task(_ act: @escaping @MainActor @Sendable () async -> Void) -> some View { Leaf() }
    public func padding(_ edges: Edge.Set) -> some View { Leaf() }
    public func monospaced(_ active: Bool = true) -> some View { Leaf() }
    public func privacySensitive(_ sensitive: Bool = true) -> some View { Leaf() }
    public func foregroundStyle(_ color: Color) -> some View { Leaf() }
    public func swipeActions<Content: View>(
        edge: HorizontalEdge = .trailing, allowsFullSwipe: Bool = true, @ViewBuilder content: () -> Content
    ) -> some View { Leaf() }
    public func sheet<Content: View>(isPresented: Binding<Bool>, @ViewBuilder content: @escaping () -> Content) -> some View { Leaf() }
    public func sheet<Item: Identifiable, Content: View>(
        item: Binding<Item?>, @ViewBuilder content: @escaping (Item) -> Content
    ) -> some View { Leaf() }
    public func alert<S: StringProtocol, Content: View, Message: View>(
        _ title: S, isPresented: Binding<Bool>, @ViewBuilder actions: () -> Content, @ViewBuilder message: () -> Message
    ) -> some View { Leaf() }
    public func confirmationDialog<S: StringProtocol, Content: View, Message: View, Data>(
        _ title: S, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic, presenting data: Data?,
        @ViewBuilder actions: (Data) -> Content, @ViewBuilder message: (Data) -> Message
    ) -> some View { Leaf() }
    public func fileImporter(
        isPresented: Binding<Bool>, allowedContentTypes: [UTType], onCompletion: @escaping @MainActor (Result<URL, any Error>) -> Void
    ) -> some View { Leaf() }
}

/// Of Accessibility.
public enum AccessibilityNotification {
    public struct Announcement {
        public init(_ announcement: String) {}
        public func post() {}
    }
}

/// Of UniformTypeIdentifiers.
public struct UTType: Sendable {
    public static let data = UTType()
    public var identifier: String { "" }
}

/// Of UIKit.
@MainActor open class UIViewController: NSObject {}
@MainActor public final class UIActivityItemsConfiguration {
    public init(itemProviders: [NSItemProvider]) {}
}
@MainActor public final class UIActivityViewController: UIViewController {
    public init(activityItemsConfiguration: UIActivityItemsConfiguration) {}
}
@MainActor public final class UIHostingController<Content: View>: UIViewController {
    public init(rootView: Content) {}
}
@MainActor public class UIScene: NSObject {}
@MainActor public final class UIWindowScene: UIScene {}
@MainActor public final class UIApplication {
    public static let shared = UIApplication()
    public var connectedScenes: Set<UIScene> { [] }
}
@MainActor public final class UIWindow: NSObject {
    public struct Level: RawRepresentable, Sendable {
        public static let alert = Level(rawValue: 2000)
        public var rawValue: Double
        public init(rawValue: Double) { self.rawValue = rawValue }
    }
    public init(windowScene: UIWindowScene) {}
    public var windowLevel = Level.alert
    public var rootViewController: UIViewController?
    public var accessibilityViewIsModal = false
    public var isHidden = true
}
public struct UIViewControllerRepresentableContext<Representable: UIViewControllerRepresentable> {
    @MainActor public var coordinator: Representable.Coordinator { fatalError() }
}
@MainActor @preconcurrency public protocol UIViewControllerRepresentable: View where Body == Never {
    associatedtype Controller: UIViewController
    associatedtype Coordinator = Void
    typealias Context = UIViewControllerRepresentableContext<Self>
    @MainActor func makeUIViewController(context: Context) -> Controller
    @MainActor func updateUIViewController(_ controller: Controller, context: Context)
    @MainActor func makeCoordinator() -> Coordinator
}
extension UIViewControllerRepresentable { public var body: Never { return fatalError() } }
extension UIViewControllerRepresentable where Coordinator == Void { public func makeCoordinator() {} }

/// Of VisionKit.
public struct VNBarcodeSymbology: Hashable, Sendable { public static let qr = Self() }
public enum RecognizedItem: Sendable {
    public struct Barcode: Sendable { public let payloadStringValue: String? }
    case barcode(Barcode)
}
@MainActor public protocol DataScannerViewControllerDelegate: AnyObject {
    func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem])
    func dataScanner(
        _ scanner: DataScannerViewController, becameUnavailableWithError error: DataScannerViewController.ScanningUnavailable)
}
@MainActor public final class DataScannerViewController: UIViewController {
    public struct RecognizedDataType: Hashable, Sendable {
        public static func barcode(symbologies: [VNBarcodeSymbology]) -> Self { Self() }
    }
    public enum ScanningUnavailable: Error { case unsupported, cameraRestricted }
    public static var isSupported: Bool { true }
    public static var isAvailable: Bool { true }
    public init(recognizedDataTypes: Set<RecognizedDataType>, isHighlightingEnabled: Bool) {}
    public var isScanning: Bool { false }
    public weak var delegate: (any DataScannerViewControllerDelegate)?
    public func startScanning() throws {}
}

/// Of AVFoundation.
public enum AVMediaType: Sendable { case video }
public enum AVCaptureDevice { public static func requestAccess(for kind: AVMediaType) async -> Bool { true } }

/// Of Foundation on Apple's systems.
public enum NSItemProviderRepresentationVisibility: Sendable { case all }
public final class NSItemProvider: NSObject {
    public var suggestedName: String?
    public func registerDataRepresentation(
        forTypeIdentifier kind: String, visibility: NSItemProviderRepresentationVisibility,
        loadHandler load: @escaping @Sendable (@escaping @Sendable (Data?, (any Error)?) -> Void) -> Progress?
    ) {}
}
extension URL {
    public func startAccessingSecurityScopedResource() -> Bool { true }
    public func stopAccessingSecurityScopedResource() {}
}
