use core::fmt;

use super::{Fault, FaultKind, Setting};

/// So many faults are kept.
const MOST: usize = 16;

/// Everything that is wrong with a policy that was put together at run time, and the texts that it
/// is about.
///
/// The first 16 are kept and the others are counted, as nothing is allocated here.
#[derive(Clone, Debug)]
pub struct Faults<T> {
    text: T,
    found: FoundFaults,
}

impl<T> Faults<T> {
    pub(crate) const fn new(text: T, found: FoundFaults) -> Self {
        Self { text, found }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.found.count
    }
}

impl<T: AsRef<str>> Faults<T> {
    /// Those that are kept, at least one.
    pub fn iter(&self) -> impl Iterator<Item = Fault<'_>> {
        self.found.iter().map(|found| {
            let text = self.text.as_ref().get(found.start..found.end);
            Fault::new(found.kind, found.setting, text.unwrap_or_default()).in_entry(found.entry)
        })
    }
}

/// One line for each, and one that counts those that are not kept.
impl<T: AsRef<str>> fmt::Display for Faults<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        match self.count().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl<T: AsRef<str> + fmt::Debug> core::error::Error for Faults<T> {}

/// Faults whose texts are parts of a text that is still growing.
#[derive(Clone, Debug)]
pub(crate) struct FoundFaults {
    kept: [Found; MOST],
    count: usize,
}

/// A fault, and where its text stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) kind: FaultKind,
    pub(crate) setting: Setting,
    pub(crate) entry: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Found {
    /// It is about no text.
    pub(crate) const fn new(kind: FaultKind, setting: Setting) -> Self {
        Self {
            kind,
            setting,
            entry: 0,
            start: 0,
            end: 0,
        }
    }
}

impl FoundFaults {
    pub(crate) const NONE: Self = Self {
        kept: [Found::new(FaultKind::NoOrigin, Setting::Origins); MOST],
        count: 0,
    };

    pub(crate) fn push(&mut self, found: Found) {
        if let Some(place) = self.kept.get_mut(self.count) {
            *place = found;
        }
        self.count += 1;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Found> {
        self.kept.iter().take(self.count)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The setting is set anew.
    pub(crate) fn forget(&mut self, setting: Setting) {
        let before = core::mem::replace(self, Self::NONE);
        for found in before.iter().filter(|found| found.setting != setting) {
            self.push(*found);
        }
    }
}
