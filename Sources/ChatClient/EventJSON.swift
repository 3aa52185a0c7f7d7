/// One JSON object a line for each event, for `--json`.
package enum EventJSON {
    package static func line(for event: ClientEvent) -> String { "{}" }
}
