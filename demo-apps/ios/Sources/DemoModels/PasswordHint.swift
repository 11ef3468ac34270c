/// How good a password looks. Whoever has the server's database and keys can try passwords, so it should be a long one.
public enum PasswordHint: Equatable, Sendable {
    /// Nothing was typed.
    case empty
    /// It can be guessed.
    case weak
    /// Better than most.
    case fair
    /// Long enough, and not one character again and again.
    case good

    /// A hint by length and by how many different characters there are. It knows no words: a hint, and no more.
    public init(_ password: String) {
        let different = Set(password).count
        self =
            switch (password.count, different) {
            case (0, _): .empty
            case (16..., 8...): .good
            case (12..., 6...): .fair
            default: .weak
            }
    }

    /// The hint in words.
    public var text: String {
        switch self {
        case .empty: "Four or five unrelated words make a good password."
        case .weak: "Too easy to guess. Use more words."
        case .fair: "Fair. One more word makes it good."
        case .good: "Good. Write it down where only you look: nobody can reset it."
        }
    }
}
