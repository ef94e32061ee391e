//! The application that an adapter protects while it is examined.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::suite::exchange::{Line, Response};

/// What the application answers, and how often it was asked.
///
/// It has two routes, and nothing else exists:
///
/// | path | methods |
/// |---|---|
/// | `/` | every method, known or not |
/// | `/get` | `GET`, and `HEAD` where the framework answers it with the same handler |
///
/// An adapter calls [`handle`](Self::handle) in the handler of both; the 404 and 405 of everything
/// else is its framework's own. A clone is the same application.
#[derive(Clone, Debug)]
pub struct App {
    answer: Arc<Response>,
    runs: Arc<AtomicUsize>,
}

impl App {
    /// An application that answers with this status, these field lines, and the body `hello` where
    /// the status has one.
    #[must_use]
    pub fn new(status: u16, lines: Vec<Line>) -> Self {
        let body = match status {
            204 | 304 => Vec::new(),
            _ => b"hello\n".to_vec(),
        };
        Self {
            answer: Arc::new(Response {
                status,
                lines,
                body,
            }),
            runs: Arc::default(),
        }
    }

    /// The handler: counts the call and gives the answer.
    #[must_use]
    pub fn handle(&self) -> &Response {
        self.runs.fetch_add(1, Ordering::SeqCst);
        &self.answer
    }

    /// How often the handler was called.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// What the handler answers, without calling it.
    #[must_use]
    pub fn answer(&self) -> &Response {
        &self.answer
    }
}
