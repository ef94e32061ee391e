//! What is wrong with a list of origins.

use super::next_word;
use crate::bytes::cut_str;
use crate::error::{AllErrors, PolicyError, PolicyErrorKind, Setting};
use crate::origin::{Dangers, OriginPattern, Origins};

impl<'a> Origins<'a> {
    /// Every error of a list, with those that credentials make, if it gets some.
    pub(crate) const fn all_errors(
        text: &'a str,
        setting: Setting,
        credentials: Option<Dangers>,
    ) -> AllErrors {
        let mut errors = AllErrors::NONE;
        let mut entry = 0;
        let mut next = next_word(text.as_bytes(), 0);
        while let Some((start, end)) = next {
            let word = cut_str(text, start, end);
            let error = match (OriginPattern::parse(word), credentials) {
                (Ok(pattern), None) => match (setting, pattern.is_exact()) {
                    (Setting::OwnOrigins, false) => {
                        let kind = PolicyErrorKind::NotAnOrigin;
                        Some(PolicyError::new(kind, setting, word))
                    }
                    _ => None,
                },
                (Ok(pattern), Some(dangers)) => match pattern.danger(dangers) {
                    Some(kind) => Some(PolicyError::new(kind, setting, word)),
                    None => None,
                },
                (Err(kind), None) => Some(error_in(word, kind)),
                (Err(kind), Some(_)) => Some(error_in(word, kind).with_credentials()),
            };
            if let Some(error) = error {
                errors.push(&error.of(setting).in_entry(entry));
            }
            entry += 1;
            next = next_word(text.as_bytes(), end);
        }
        if entry == 0 {
            let kind = PolicyErrorKind::NoOrigin;
            errors.push(&PolicyError::new(kind, setting, ""));
        }
        errors
    }
}

/// What is wrong with a word, and what to write instead if that is an origin.
pub(crate) const fn error_in(word: &str, kind: PolicyErrorKind) -> PolicyError<'_> {
    let error = PolicyError::new(kind, Setting::Origins, word);
    let is_mendable = match kind {
        PolicyErrorKind::SeveralOrigins => is_right(word) && error.correction().as_str().is_ascii(),
        _ => is_right(error.correction().as_str()),
    };
    error.mendable(is_mendable)
}

/// The text is a list without an error.
const fn is_right(list: &str) -> bool {
    let mut next = next_word(list.as_bytes(), 0);
    let is_empty = next.is_none();
    while let Some((start, end)) = next {
        if OriginPattern::parse(cut_str(list, start, end)).is_err() {
            return false;
        }
        next = next_word(list.as_bytes(), end);
    }
    !is_empty
}
