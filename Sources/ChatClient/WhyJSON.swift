import IRC

/// The members of the event `why`.
enum WhyJSON {
    static func members(of explanation: Explanation) -> [JSON.Member] {
        let verdict = Verdict(explanation)
        var members: [JSON.Member] = [
            .init(name: "event", value: .string("why")),
            .init(name: "number", value: .signed(Int64(explanation.number.rawValue))),
            .init(name: "name", value: .string(explanation.name.text)),
            .init(name: "state", value: .string(explanation.state)),
            .init(name: "limit", value: .string(verdict.limit.rawValue)),
            .init(name: "text", value: .string(verdict.text)),
        ]
        if let sender = explanation.sender {
            members.append(.init(name: "sender", value: .object(self.sender(sender))))
            let windows: [JSON.Member] = [
                .init(name: "milliseconds", value: .count(sender.millisecondsOfWindow)),
                .init(name: "bytes", value: .array(sender.windows.map(JSON.count))),
            ]
            members.append(.init(name: "windows", value: .object(windows)))
        }
        if let arrival = explanation.arrival {
            members.append(.init(name: "receiver", value: receiver(arrival)))
        }
        return members
    }

    private static func sender(_ figures: FilesExtension.Figures) -> [JSON.Member] {
        let words = FilesExtension.FigureWord.allCases.compactMap { word in
            figures.words[word].map { JSON.Member(name: word.rawValue, value: .string($0)) }
        }
        let numbers = FilesExtension.Figure.allCases.compactMap { figure in
            figures[figure].map { JSON.Member(name: figure.rawValue, value: .count($0)) }
        }
        return words + numbers
    }

    private static func receiver(_ figures: ArrivalFigures) -> JSON {
        .object([
            "seconds": .real(figures.seconds), "packets": .count(figures.packets),
            "missing": .count(figures.missing), "out-of-order": .count(figures.outOfOrder),
            "duplicates": .count(figures.duplicates), "local-drops": .count(figures.localDrops),
            "acks": .count(figures.acks), "longest-silence": .real(figures.longestSilence),
            "writing": .real(figures.writing),
        ])
    }
}
