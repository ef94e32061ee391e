use core::fmt;

use super::{PolicyError, PolicyErrorKind, Setting};

/// This many errors are kept.
const MOST: usize = 16;

/// All errors in a policy that was built at run time.
///
/// Its text has a line for each [`PolicyError`]. `Debug` shows it too, and so does `unwrap`, or a
/// `main` that returns the error. Nothing is allocated here: the first 16 errors are kept, among
/// them the first of each setting, and the others are counted.
#[derive(Clone)]
pub struct PolicyErrors<T> {
    text: T,
    found: FoundErrors,
}

impl<T> PolicyErrors<T> {
    pub(crate) const fn new(text: T, found: FoundErrors) -> Self {
        Self { text, found }
    }

    /// The number of errors, including those that aren't kept.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.found.count()
    }
}

impl<T: AsRef<str>> PolicyErrors<T> {
    /// The errors that are kept: at least one of each setting that has any.
    pub fn iter(&self) -> impl Iterator<Item = PolicyError<'_>> {
        self.found.iter().map(|found| {
            let text = match found.kind {
                PolicyErrorKind::WildcardOrigin => Some("*"),
                _ => self.text.as_ref().get(found.start..found.end),
            };
            PolicyError::new(found.kind, found.setting, text.unwrap_or_default())
                .in_entry(found.entry)
                .mendable(found.is_mendable)
                .of_settings(self.found.has_credentials)
        })
    }
}

/// One line for each error, and one that counts those that aren't kept.
impl<T: AsRef<str>> fmt::Display for PolicyErrors<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(&error, f)?;
        }
        match self.count().saturating_sub(self.found.iter().count()) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// The text that [`Display`](fmt::Display) shows, on lines of its own if there are several.
impl<T: AsRef<str>> fmt::Debug for PolicyErrors<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count() > 1 {
            f.write_str("\n")?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl<T: AsRef<str>> core::error::Error for PolicyErrors<T> {}

/// Errors whose texts are parts of a text that is still growing.
#[derive(Clone, Debug)]
pub(crate) struct FoundErrors {
    kept: [Option<Found>; MOST],
    /// By [`Setting`].
    counts: [usize; Setting::COUNT],
    /// The policy would be credentialed.
    pub(crate) has_credentials: bool,
}

/// An error, and where its text stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) kind: PolicyErrorKind,
    pub(crate) setting: Setting,
    pub(crate) entry: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) is_mendable: bool,
}

impl Found {
    /// It is about no text.
    pub(crate) const fn new(kind: PolicyErrorKind, setting: Setting) -> Self {
        Self {
            kind,
            setting,
            entry: 0,
            start: 0,
            end: 0,
            is_mendable: false,
        }
    }
}

impl FoundErrors {
    pub(crate) const NONE: Self = Self {
        kept: [None; MOST],
        counts: [0; Setting::COUNT],
        has_credentials: false,
    };

    pub(crate) fn push(&mut self, found: Found) {
        if let Some(place) = self.place_for(found.setting) {
            *place = Some(found);
        }
        if let Some(count) = self.counts.get_mut(found.setting as usize) {
            *count += 1;
        }
    }

    /// The next error of this setting would be kept.
    pub(crate) fn keeps(&self, setting: Setting) -> bool {
        !self.has(setting) || self.kept.iter().any(Option::is_none)
    }

    /// A free place; for the first error of a setting, as long as there is none, the last place of
    /// a setting that has several.
    fn place_for(&mut self, setting: Setting) -> Option<&mut Option<Found>> {
        let free = self.kept.iter().position(Option::is_none);
        let place = free.or_else(|| {
            let has_several = |place: &Option<Found>| {
                place.is_some_and(|found| self.kept_of(found.setting).nth(1).is_some())
            };
            match self.has(setting) {
                true => None,
                false => self.kept.iter().rposition(has_several),
            }
        });
        self.kept.get_mut(place?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Found> {
        self.kept.iter().flatten()
    }

    fn kept_of(&self, setting: Setting) -> impl Iterator<Item = &Found> {
        self.iter().filter(move |found| found.setting == setting)
    }

    pub(crate) const fn count(&self) -> usize {
        let [
            origins,
            methods,
            request_headers,
            expose_headers,
            own_origins,
            credentialed_origins,
            max_age,
            preflight_status,
        ] = self.counts;
        let of_origins = origins + own_origins + credentialed_origins;
        of_origins + methods + request_headers + expose_headers + max_age + preflight_status
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The setting has errors.
    pub(crate) fn has(&self, setting: Setting) -> bool {
        self.counts
            .get(setting as usize)
            .is_some_and(|&count| count > 0)
    }

    /// The texts of a setting stand elsewhere, so many bytes further on.
    pub(crate) fn shift(&mut self, setting: Setting, by: usize) {
        let kept = self.kept.iter_mut().flatten();
        for found in kept.filter(|found| found.setting == setting) {
            found.start = found.start.saturating_add(by);
            found.end = found.end.saturating_add(by);
        }
    }

    /// The setting is set anew.
    pub(crate) fn forget(&mut self, setting: Setting) {
        let before = core::mem::replace(&mut self.kept, [None; MOST]);
        let others = before
            .into_iter()
            .flatten()
            .filter(|found| found.setting != setting);
        for (place, found) in self.kept.iter_mut().zip(others) {
            *place = Some(found);
        }
        if let Some(count) = self.counts.get_mut(setting as usize) {
            *count = 0;
        }
    }
}
