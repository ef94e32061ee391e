//! Origins of one text, and origins that are added to others.

use core::fmt;

use super::{LastList, Settings};
use crate::bytes::is_separator;
use crate::error::{PolicyErrorKind, Setting};

impl<T: Default + AsRef<str> + fmt::Write> Settings<T> {
    /// Sets the [origins](Self::origins) from one text, such as an environment variable, in which they
    /// are separated by commas, white space or both. Replaces origins that were set before.
    #[doc(alias("env", "environment"))]
    #[must_use]
    pub fn origins_text(self, origins: &str) -> Self {
        self.origins(words_of(origins))
    }

    /// Adds origins to those that were set before; see [`origins`](Self::origins).
    ///
    /// ```
    /// # use cors_core::{OwnedPolicy, PolicyErrors, Settings};
    /// let policy: OwnedPolicy<String, Vec<u32>> = Settings::new()
    ///     .origins(["https://app.example.com"])
    ///     .and_origins_text("https://a.example, https://b.example")
    ///     .build()?;
    /// assert!(policy.allows_origin(b"https://app.example.com"));
    /// assert!(policy.allows_origin(b"https://b.example"));
    /// # Ok::<(), PolicyErrors<String>>(())
    /// ```
    #[must_use]
    pub fn and_origins(mut self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut list = self.reopen_origins();
        for entry in origins {
            list.push(entry.as_ref());
        }
        self
    }

    /// Adds origins from one text, in which they are separated as in
    /// [`origins_text`](Self::origins_text).
    #[doc(alias("env", "environment"))]
    #[must_use]
    pub fn and_origins_text(self, origins: &str) -> Self {
        self.and_origins(words_of(origins))
    }

    /// Makes the list of origins the last one, as if it had been begun last.
    fn reopen_origins(&mut self) -> LastList<'_, T> {
        self.move_origins_to_the_end();
        let entries = self.origins;
        LastList {
            entries,
            ..LastList::new(self, Setting::Origins)
        }
    }

    fn move_origins_to_the_end(&mut self) {
        let end = self.text.as_ref().len();
        let list = self.lists.of(Setting::Origins, self.text.as_ref());
        let (start, length) = (self.lists.start(Setting::Origins), list.len());
        if start + length == end {
            return;
        }
        // A text that is being written cannot be read at the same time.
        let mut at = start;
        while let Some(next) = self.char_at(at).filter(|_| at < start + length) {
            if self.text.write_char(next).is_err() {
                self.set_cut(Setting::Origins, Some(PolicyErrorKind::Storage));
                break;
            }
            at += next.len_utf8();
        }
        let new_end = self.text.as_ref().len();
        self.lists.set(Setting::Origins, end, new_end);
        if new_end - end == length {
            self.found.shift(Setting::Origins, end - start);
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.as_ref().get(at..)?.chars().next()
    }
}

/// What separators leave of a text.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| u8::try_from(char).is_ok_and(is_separator))
        .filter(|word| !word.is_empty())
}
