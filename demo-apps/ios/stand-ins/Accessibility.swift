// See SwiftUI.swift beside it, which has what the demo app uses of this one.
