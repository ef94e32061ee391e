use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The fields of an event, in order, as they are shown.
type Fields = Vec<(&'static str, String)>;

/// Keeps the events of the target `cors`. A clone is the same log.
///
/// A test that listens is a program of its own: while `tracing` registers who listens, no other test
/// may be the first to tell of an event.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Fields>>>);

impl Log {
    /// What was told since the last time: the messages.
    ///
    /// # Panics
    ///
    /// If a test has panicked in between, or an event has no message.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        let messages = self.take_events().into_iter().map(|fields| {
            let mut fields = fields.into_iter();
            fields
                .find(|(name, _)| *name == "message")
                .expect("a message")
                .1
        });
        messages.collect()
    }

    /// The same, with all fields.
    ///
    /// # Panics
    ///
    /// If a test has panicked in between.
    #[must_use]
    pub fn take_events(&self) -> Vec<Fields> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

/// Reads the fields of one event.
struct Reader(Fields);

impl Visit for Reader {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }

    fn event(&self, event: &Event<'_>) {
        let mut reader = Reader(Vec::new());
        event.record(&mut reader);
        self.0.lock().expect("no panic").push(reader.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
