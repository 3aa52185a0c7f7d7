import Testing

@Suite("the reader of Swift files counts what it should")
struct SwiftCodeTests {
    @Test("comments and strings are blanked, code in interpolations is kept")
    func blanks() {
        let code = SwiftCode(
            #"""
            let a = "x { \(b["}"] + c) }" // {
            /* { /* nested */ } */ d
            let e = #"\("# + "\\"
            """#)
        #expect(code.lines.map { SwiftCode.words($0) } == [["let", "a", "b", "c"], ["d"], ["let", "e"]])
        #expect(!code.lines.contains { $0.contains("{") || $0.contains("}") })
    }

    @Test("a function's length is counted from its first line to its closing brace")
    func functions() {
        let code = SwiftCode(
            """
            protocol P {
                func bare() -> Int
            }
            package init(
                a: () -> Void = { }
            ) {
                if a { b() }
            }
            """)
        #expect(code.functions.map(\.firstLine) == [4])
        #expect(code.functions.map(\.lineCount) == [5])
    }

    @Test("imports are found whatever stands before them")
    func imports() {
        let code = SwiftCode("import A\npackage import B\n@testable import C\nimport struct D.E\n// import F")
        #expect(code.imports == ["A", "B", "C", "D"])
    }
}
