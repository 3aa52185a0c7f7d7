internal import CLibEdit
internal import Glibc

/// libedit's half of the work: the line in its buffer, keys, maps and the history it walks in.
///
/// It draws into /dev/null. What libedit's functions return points into its own buffers, so it is copied at once.
@safe final class EditEngine {
    private let el: OpaquePointer
    private let history: OpaquePointer
    private let sink: UnsafeMutablePointer<FILE>
    private var isOpen = true

    init?(program: String, input: Int32, output: Int32, historyLimit: Int) {
        CharacterLocale.prepare()
        guard let sink = unsafe fopen("/dev/null", "r+") else { return nil }
        guard let el = unsafe el_init_fd(program, sink, sink, sink, input, output, output),
            let history = unsafe history_winit()
        else {
            _ = unsafe fclose(sink)
            return nil
        }
        unsafe self.el = el
        unsafe self.history = history
        unsafe self.sink = sink
        _ = unsafe cle_history_number(history, Int32(H_SETSIZE), Int32(historyLimit))
    }

    /// Ends libedit, which puts the terminal's modes back as it found them.
    func close() {
        guard isOpen else { return }
        isOpen = false
        unsafe el_end(el)
        unsafe history_wend(history)
        _ = unsafe fclose(sink)
    }

    deinit { close() }

    // MARK: Setting up, in the order that libedit wants

    /// `owner` is what the callbacks find again by `owner(of:)`; it must outlive the engine.
    func connect(owner: AnyObject, reader: el_rfunc_t, functions: [KeyFunction], bindings: KeyBindings) {
        _ = unsafe cle_set_client_data(el, Unmanaged.passUnretained(owner).toOpaque())
        // With 1 libedit would redraw and allocate inside signal handlers.
        _ = unsafe cle_set_flag(el, Int32(EL_SIGNAL), 0)
        _ = unsafe cle_set_editor(el, "emacs")
        _ = unsafe cle_set_history(el, history)
        _ = unsafe cle_set_reader(el, reader)
        _ = unsafe cle_set_prompt(el, { _ in unsafe EditEngine.emptyPrompt })
        _ = unsafe el_source(el, nil)
        // The user's file may have switched editing off, or maps with `bind -v`, which wipes what was bound before.
        _ = unsafe cle_set_flag(el, Int32(EL_EDITMODE), 1)
        for function in functions {
            _ = unsafe cle_add_function(el, function.name, function.help, function.body)
        }
        bind(bindings)
        // Between lines the terminal stays as it is while editing: else the kernel would echo what is typed ahead.
        for mode in ["-icanon", "-echo", "-ixon"] { _ = unsafe cle_set_terminal(el, "-x", mode) }
        // With XON/XOFF on, one Ctrl-S would block our next write, and with it the network.
        _ = unsafe cle_set_terminal(el, "-d", "-ixon")
    }

    static func owner(of el: OpaquePointer?) -> AnyObject? {
        guard let el = unsafe el, let data = unsafe cle_client_data(el) else { return nil }
        return unsafe Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue()
    }

    private func bind(_ bindings: KeyBindings) {
        let isVi = unsafe cle_is_vi(el) != 0
        for (key, function) in bindings.always {
            _ = unsafe cle_bind(el, key, function)
            _ = unsafe cle_bind_command(el, key, function)
        }
        for (key, function) in bindings.inserting { _ = unsafe cle_bind(el, key, function) }
        for (key, function) in bindings.sequences {
            // In vi's insert map a sequence would keep ESC from leaving it; in its command map ESC has just left it, and
            // the rest of the sequence arrives alone.
            if isVi {
                _ = unsafe cle_bind_command(el, "\u{1B}" + key, function)
                _ = unsafe cle_bind_command(el, key, function)
            } else {
                _ = unsafe cle_bind(el, "\u{1B}" + key, function)
            }
        }
        if !isVi {
            for (key, function) in bindings.emacs { _ = unsafe cle_bind(el, key, function) }
        }
    }

    /// libedit keeps the pointer until it asks again.
    nonisolated(unsafe) private static let emptyPrompt: UnsafeMutablePointer<wchar_t> = {
        let text = UnsafeMutablePointer<wchar_t>.allocate(capacity: 1)
        unsafe text.initialize(to: 0)
        return unsafe text
    }()

    // MARK: The line

    /// Rows and columns of the screen that libedit believes to draw on.
    ///
    /// Where a line has as many rows as its screen, it writes beyond its own buffers at the next character: so it gets a
    /// screen that no line fills, as long as a line has at most `longestLine` characters, of at most 8 cells (`\U+XXXX`),
    /// and `mostNewlines`.
    private static let screenSide = 512
    static let longestLine = 24_000
    static let mostNewlines = 100

    /// To be called when a line has begun, for then libedit takes the terminal's size for its own.
    func enlargeScreen() { _ = unsafe cle_set_screen(el, String(Self.screenSide)) }

    /// Whether the text alone can be a line.
    static func fits(_ text: String) -> Bool {
        text.unicodeScalars.count <= longestLine && text.unicodeScalars.count { $0 == "\n" } <= mostNewlines
    }

    /// Whether the line and so much more stay within what libedit can hold.
    func holds(_ more: String = "") -> Bool {
        guard let info = unsafe el_wline(el) else { return false }
        let line = unsafe info.pointee
        guard let start = unsafe line.buffer, let end = unsafe line.lastchar else { return false }
        let count = unsafe end - start + more.unicodeScalars.count
        guard count > Self.mostNewlines else { return true }
        let values = unsafe UnsafeBufferPointer(start: start, count: end - start)
        let newlines = unsafe values.count { $0 == 10 } + more.unicodeScalars.count { $0 == "\n" }
        return count <= Self.longestLine && newlines <= Self.mostNewlines
    }

    /// A line with its newline taken off, or nil when reading ended without one.
    func readLine() -> String? {
        var count: Int32 = 0
        guard let line = unsafe el_wgets(el, &count), count > 0 else { return nil }
        let text = unsafe Self.text(from: line, to: line + Int(count))
        return text.unicodeScalars.last == "\n" ? String(text.unicodeScalars.dropLast()) : text
    }

    /// The next key, for a search; nil when reading ends.
    func readKey() -> Unicode.Scalar? {
        var key: wchar_t = 0
        guard unsafe el_wgetc(el, &key) == 1 else { return nil }
        return Unicode.Scalar(UInt32(bitPattern: key))
    }

    /// The text before the cursor and after it.
    var line: (before: String, after: String) {
        guard let info = unsafe el_wline(el) else { return ("", "") }
        let line = unsafe info.pointee
        return unsafe (Self.text(from: line.buffer, to: line.cursor), Self.text(from: line.cursor, to: line.lastchar))
    }

    func insert(_ text: String) {
        guard !text.isEmpty else { return }
        unsafe Self.withWide(text) { wide in _ = unsafe el_winsertstr(el, wide) }
    }

    func deleteBeforeCursor(_ scalars: Int) {
        if scalars > 0 { unsafe el_deletestr(el, Int32(scalars)) }
    }

    func moveCursor(by scalars: Int) {
        if scalars != 0 { _ = unsafe el_cursor(el, Int32(scalars)) }
    }

    func replaceLine(with text: String, cursor: Int? = nil) {
        let (before, after) = line
        moveCursor(by: after.unicodeScalars.count)
        deleteBeforeCursor(before.unicodeScalars.count + after.unicodeScalars.count)
        insert(text)
        if let cursor { moveCursor(by: cursor - text.unicodeScalars.count) }
    }

    // MARK: History

    func setHistory(_ entries: [String]) {
        _ = unsafe cle_history_clear(history)
        for entry in entries { addHistory(entry) }
    }

    func addHistory(_ entry: String) {
        unsafe Self.withWide(entry) { wide in _ = unsafe cle_history_enter(history, wide) }
    }

    // MARK: Wide characters

    private static func text(from start: UnsafePointer<wchar_t>?, to end: UnsafePointer<wchar_t>?) -> String {
        guard let start = unsafe start, let end = unsafe end, unsafe end > start else { return "" }
        var scalars = String.UnicodeScalarView()
        let values = unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
        for value in values {
            if let scalar = Unicode.Scalar(UInt32(bitPattern: value)) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    private static func withWide(_ text: String, _ body: (UnsafePointer<wchar_t>) -> Void) {
        let wide = text.unicodeScalars.filter { $0 != "\0" }.map { wchar_t(bitPattern: $0.value) } + [0]
        unsafe wide.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { unsafe body(base) }
        }
    }
}

/// A key function of ours, as libedit knows it.
@safe struct KeyFunction {
    let name: String
    let help: String
    let body: cle_key_function
}

/// Which keys call which functions, in libedit's notation.
struct KeyBindings {
    typealias Table = [(key: String, function: String)]
    /// Single keys, in every map.
    var always: Table
    /// Single keys that mean something only while inserting.
    var inserting: Table
    /// What follows an ESC.
    var sequences: Table
    /// Only in the emacs map.
    var emacs: Table
}
