//! What the servers saw, within bounds whatever is sent to them.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Mutex, PoisonError};

use conformance_tests::Line;
use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::Seen;

/// How much is kept, in bytes: the newest.
const MOST: usize = 16 * 1024 * 1024;

/// How much of a URL and of a header is kept, in bytes. No check needs more.
const LONGEST: usize = 4 * 1024;

/// What the servers saw, the newest [`MOST`].
#[derive(Default)]
pub(crate) struct Log(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    seen: VecDeque<(Framework, Seen)>,
    /// Of all of them.
    bytes: usize,
}

impl Log {
    pub(super) fn push(&self, framework: Framework, mut seen: Seen) {
        shorten(&mut seen);
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.bytes += weight(&seen);
        log.seen.push_back((framework, seen));
        while log.bytes > MOST {
            let Some((_, oldest)) = log.seen.pop_front() else {
                break;
            };
            log.bytes -= weight(&oldest);
        }
    }

    /// What a framework saw of a check, in order.
    pub(crate) fn of(&self, framework: &str, check: &str) -> Vec<Seen> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_check = |seen: &Seen| {
            let (_, query) = seen.request.path.split_once('?').unwrap_or_default();
            let mut parts = query.split('&');
            parts.any(|part| part.strip_prefix("check=") == Some(check))
        };
        let of_both = log
            .seen
            .iter()
            .filter(|(one, seen)| one.name() == framework && of_check(seen));
        of_both.map(|(_, seen)| seen.clone()).collect()
    }
}

/// Leaves what is to be shown.
fn shorten(seen: &mut Seen) {
    for text in [&mut seen.request.path, &mut seen.request.method] {
        if text.len() > LONGEST {
            let mut ends = (0..=LONGEST).rev();
            let end = ends.find(|&end| text.is_char_boundary(end));
            text.truncate(end.unwrap_or_default());
            text.push('…');
            text.shrink_to_fit();
        }
    }
    let response = &mut seen.response.lines;
    for line in seen.request.lines.iter_mut().chain(response) {
        line.value.truncate(LONGEST);
        line.value.shrink_to_fit();
    }
}

/// In bytes, with what stands around texts.
fn weight(seen: &Seen) -> usize {
    let lines = seen.request.lines.iter().chain(&seen.response.lines);
    let line = |line: &Line| size_of::<Line>() + line.name.len() + line.value.len();
    let texts = [&seen.request.path, &seen.request.method, &seen.explanation];
    let texts = texts.into_iter().map(String::len).sum::<usize>();
    size_of::<(Framework, Seen)>() + texts + lines.map(line).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use conformance_tests::{Request, Response};

    use super::*;

    fn seen(path: String, value: usize) -> Seen {
        Seen {
            request: Request {
                method: "GET".to_owned(),
                path,
                lines: vec![Line::new("x-a", vec![b'a'; value])],
            },
            response: Response::default(),
            explanation: String::new(),
        }
    }

    /// Whoever finds the port can send what he likes, as often as he likes.
    #[test]
    fn what_is_kept_is_bounded() {
        let log = Log::default();
        let text = "é".repeat(30_000);
        for number in 0..5_000 {
            let path = format!("/?check={number}&{text}");
            log.push(Framework::Axum, seen(path, 300_000));
        }
        let entries = log.0.lock().expect("no panic");
        let weights = entries.seen.iter().map(|(_, seen)| weight(seen));
        assert_eq!(weights.sum::<usize>(), entries.bytes);
        assert!((MOST - 10_000..=MOST).contains(&entries.bytes));
        drop(entries);
        assert_eq!(log.of("axum", "0").len(), 0);
        let newest = log.of("axum", "4999");
        assert!(newest[0].request.path.len() < LONGEST + 10);
        assert!(newest[0].request.path.ends_with('…'));
        assert_eq!(newest[0].request.lines[0].value.len(), LONGEST);
    }

    #[test]
    fn what_is_short_is_kept_as_it_is() {
        let log = Log::default();
        for number in 0..2_000 {
            log.push(Framework::Warp, seen(format!("/?check={number}"), 10));
        }
        assert_eq!(log.of("warp", "0")[0].request.path, "/?check=0");
    }
}
