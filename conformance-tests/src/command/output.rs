//! Everything that the command prints goes through here, so that no text of a file, a server or an
//! argument controls the terminal.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _, stderr, stdout};

/// Prints a text. Whoever has stopped reading (`| head`) has what he wants.
pub(crate) fn print(text: &str) {
    let _ = stdout()
        .lock()
        .write_all(escaped(text, Kind::Plain).as_bytes());
}

/// Prints a text whose colors are this command's own.
pub(crate) fn print_styled(text: &str) {
    let _ = stdout()
        .lock()
        .write_all(escaped(text, Kind::Styled).as_bytes());
}

/// Prints JSON, and leaves it JSON.
pub(crate) fn print_json(text: &str) {
    let _ = stdout()
        .lock()
        .write_all(escaped(text, Kind::Json).as_bytes());
}

/// Prints a line on standard error.
pub(crate) fn tell(line: &str) {
    let line = escaped(line, Kind::Plain) + "\n";
    let _ = stderr().lock().write_all(line.as_bytes());
}

/// Colors are seen.
pub(crate) fn is_terminal() -> bool {
    stdout().is_terminal()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Colors stay. What is not the command's own must be [`plain`] before.
    Styled,
    /// What is escaped stands in a string.
    Json,
}

/// A text that changes nothing but where the next letter stands.
pub(crate) fn plain(text: &str) -> String {
    escaped(text, Kind::Plain)
}

fn escaped(text: &str, kind: Kind) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_control) {
        let (before, behind) = rest.split_at(at);
        shown += before;
        let color = match kind {
            Kind::Styled => color(behind),
            Kind::Plain | Kind::Json => "",
        };
        if !color.is_empty() {
            shown += color;
            rest = behind.split_at(color.len()).1;
            continue;
        }
        let mut characters = behind.chars();
        let control = characters.next().unwrap_or_default();
        match kind {
            Kind::Json => drop(write!(shown, "\\u{:04x}", u32::from(control))),
            Kind::Plain | Kind::Styled => shown.extend(control.escape_unicode()),
        }
        rest = characters.as_str();
    }
    shown + rest
}

/// Terminals obey it, or show what is around it in another order.
fn is_control(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        // https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        other => other.is_control(),
    }
}

/// What a text begins with, if that sets the color of letters and does nothing else.
fn color(text: &str) -> &str {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else {
        return "";
    };
    let end = parameters.find(|one: char| !one.is_ascii_digit() && one != ';');
    match end.and_then(|end| parameters.split_at_checked(end)) {
        Some((numbers, rest)) if rest.starts_with('m') => {
            text.get(..numbers.len() + 3).unwrap_or_default()
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_is_escaped() {
        for (text, shown) in [
            ("as it is:\n\t€ 日本", "as it is:\n\t€ 日本"),
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("a\rb\u{0}\u{7}\u{7f}", r"a\u{d}b\u{0}\u{7}\u{7f}"),
            ("\u{80}\u{9b}31m\u{9f}", r"\u{80}\u{9b}31m\u{9f}"),
            ("\u{202e}gnp.exe\u{2069}", r"\u{202e}gnp.exe\u{2069}"),
            ("end\u{1b}", r"end\u{1b}"),
        ] {
            assert_eq!(escaped(text, Kind::Plain), shown);
        }
    }

    #[test]
    fn colors_stay_and_nothing_else() {
        for (text, shown) in [
            ("\u{1b}[1;31merror\u{1b}[0m", "\u{1b}[1;31merror\u{1b}[0m"),
            ("\u{1b}[2Jgone", r"\u{1b}[2Jgone"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("\u{1b}[31", r"\u{1b}[31"),
        ] {
            assert_eq!(escaped(text, Kind::Styled), shown);
        }
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n\"a\": \"\u{9b}\u{7f}\"}";
        assert_eq!(escaped(text, Kind::Json), "{\n\"a\": \"\\u009b\\u007f\"}");
    }
}
