//! The request headers that a preflight asks for.

use super::{Denial, Place};
use crate::bytes::{find, is_same_name, is_token, trim};
use crate::policy::{Reading, Table, View, has_name};

/// So much of `Access-Control-Request-Headers` is echoed at most, in bytes.
const LONGEST_ECHO: usize = 4096;

const MOST_EMPTY_ELEMENTS: usize = 16;

impl View<'_> {
    /// Steps 7.6 and 7.7 of the
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0). Whether a
    /// name was asked for at all.
    ///
    /// Browsers send one sorted line without white space; whoever stands between may
    /// [split, join and pad](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.3) it.
    #[inline]
    pub(super) fn check_headers<'r>(
        &self,
        lines: impl Iterator<Item = &'r [u8]>,
    ) -> Result<bool, Denial> {
        match self.policy.any_request_header {
            true => self.check_any_headers(lines),
            false => self.check_listed_headers(lines),
        }
    }

    fn check_listed_headers<'r>(
        &self,
        lines: impl Iterator<Item = &'r [u8]>,
    ) -> Result<bool, Denial> {
        let list = self.request_headers();
        let mut requested = Requested::of(lines, self.most_bytes());
        let mut reading = Reading::of(list);
        let marked = |text: &[u8]| self.policy.header_marks.begin(list, text, is_listed_as);
        match requested.check(marked, |text| look_up_reading(text, &mut reading))? {
            true => Ok(requested.is_named),
            false => requested.check_in_table(list),
        }
    }

    fn check_any_headers<'r>(&self, lines: impl Iterator<Item = &'r [u8]>) -> Result<bool, Denial> {
        let list = self.request_headers();
        let mut requested = Requested::of(lines, LONGEST_ECHO);
        let mut is_authorization_listed = None;
        let marked = |text: &[u8]| self.policy.header_marks.begin(list, text, is_listed_as);
        requested.check(marked, |text| {
            self.look_up_any(text, &mut is_authorization_listed)
        })?;
        Ok(requested.is_named)
    }

    #[inline(never)]
    fn look_up_any(
        &self,
        text: &[u8],
        is_authorization_listed: &mut Option<bool>,
    ) -> (usize, Verdict) {
        element(text, |name| match name {
            // https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
            _ if is_same_name(name, b"authorization") => listed_name(
                *is_authorization_listed
                    .get_or_insert_with(|| has_name(self.request_headers(), name)),
            ),
            _ if is_token(name) => Verdict::Allowed,
            _ => Verdict::Denied(Denial::HeaderNotAToken),
        })
    }

    /// Gives every name that fails, and why the lines are read no further if they are not.
    ///
    /// Costs O(bytes of the list and of the lines).
    pub(super) fn failed_headers<'r>(
        &self,
        lines: impl Iterator<Item = &'r [u8]>,
        mut tell: impl FnMut(&'r [u8]),
    ) -> Result<(), Denial> {
        let list = self.request_headers();
        let mut requested = Requested::of(lines, self.most_bytes());
        let mut ended = Ok(());
        Table::with(list, &mut |table| {
            let mut is_authorization_listed = None;
            ended = requested.tell_failed(&mut tell, |requested| {
                match self.policy.any_request_header {
                    true => requested.check_each(&mut |text| {
                        self.look_up_any(text, &mut is_authorization_listed)
                    }),
                    false => requested.check_in(table),
                }
            });
        });
        ended
    }

    /// So many bytes are read at most, counting one for each line.
    fn most_bytes(&self) -> usize {
        match self.policy.any_request_header {
            true => LONGEST_ECHO,
            false => (1024 + 4 * self.request_headers().len()).min(u16::MAX as usize),
        }
    }
}

/// The names that lines ask for, and how much of them has been checked.
struct Requested<'r, I> {
    /// Those behind the line.
    lines: I,
    /// The line, its number, counted from 1, and where in it the next element begins: behind its
    /// end if there is none.
    line: &'r [u8],
    number: usize,
    start: usize,
    bytes_left: usize,
    empty_left: usize,
    is_named: bool,
}

/// What becomes of an element.
enum Verdict {
    Allowed,
    Denied(fn(Place) -> Denial),
    Empty,
    /// Another way to look it up costs less.
    Later,
}

impl<'r, I: Iterator<Item = &'r [u8]>> Requested<'r, I> {
    const fn of(lines: I, most_bytes: usize) -> Self {
        Self {
            lines,
            line: &[],
            number: 0,
            start: 1,
            bytes_left: most_bytes,
            empty_left: MOST_EMPTY_ELEMENTS,
            is_named: false,
        }
    }

    /// Checks element by element, up to the end or up to one that is for later; whether it came to
    /// the end.
    ///
    /// Both functions get what begins with the element, and tell how long that is: `marked` if it
    /// is allowed as it stands there.
    #[inline]
    fn check(
        &mut self,
        marked: impl Fn(&'r [u8]) -> Option<usize>,
        mut look_up: impl FnMut(&'r [u8]) -> (usize, Verdict),
    ) -> Result<bool, Denial> {
        loop {
            let Some((_, text)) = self.line.split_at_checked(self.start) else {
                let Some(line) = self.lines.next() else {
                    return Ok(true);
                };
                self.bytes_left = self
                    .bytes_left
                    .checked_sub(line.len() + 1)
                    .ok_or(Denial::RequestHeadersTooLong)?;
                (self.line, self.start) = (line, 0);
                self.number += 1;
                continue;
            };
            if let Some(length) = marked(text) {
                self.is_named = true;
                self.start += length + 1;
                continue;
            }
            let (length, verdict) = match text {
                // Lines without a name come by the thousand.
                [] => (0, Verdict::Empty),
                _ => look_up(text),
            };
            match verdict {
                Verdict::Allowed => self.is_named = true,
                Verdict::Denied(denial) => {
                    let element = text.get(..length).unwrap_or_default();
                    let place = Place::of(self.number - 1, self.start, element);
                    self.start += length + 1;
                    return Err(denial(place));
                }
                // A recipient accepts "a reasonable number" of them:
                // https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1.2
                Verdict::Empty => {
                    self.empty_left = self
                        .empty_left
                        .checked_sub(1)
                        .ok_or(Denial::TooManyEmptyElements)?;
                }
                Verdict::Later => return Ok(false),
            }
            self.start += length + 1;
        }
    }

    /// Checks up to the end, whatever fails.
    fn tell_failed(
        &mut self,
        tell: &mut impl FnMut(&'r [u8]),
        mut check: impl FnMut(&mut Self) -> Result<bool, Denial>,
    ) -> Result<(), Denial> {
        loop {
            match check(self) {
                Ok(_) => return Ok(()),
                Err(Denial::HeaderNotAllowed(place) | Denial::HeaderNotAToken(place)) => {
                    let name = self.line.get(place.start.into()..place.end.into());
                    tell(name.unwrap_or_default());
                }
                Err(denial) => return Err(denial),
            }
        }
    }

    /// Checks the rest, whose names stand in another order than the list, or again and again.
    /// Whether a name was asked for at all.
    #[cold]
    #[inline(never)]
    fn check_in_table(&mut self, list: &[u8]) -> Result<bool, Denial> {
        let mut checked = Ok(true);
        Table::with(list, &mut |table| checked = self.check_in(table));
        checked.map(|_| self.is_named)
    }

    fn check_in(&mut self, table: &Table<'_>) -> Result<bool, Denial> {
        self.check_each(&mut |text| {
            let (length, is_listed) = table.begin(text);
            (length, is_listed.map_or(Verdict::Empty, listed_name))
        })
    }

    #[inline(never)]
    fn check_each(
        &mut self,
        look_up: &mut dyn FnMut(&'r [u8]) -> (usize, Verdict),
    ) -> Result<bool, Denial> {
        self.check(|_| None, look_up)
    }
}

/// Mostly a name is written as in the policy.
#[inline]
fn is_listed_as(one: &[u8], other: &[u8]) -> bool {
    one == other || is_same_name(one, other)
}

#[inline(never)]
fn look_up_reading(text: &[u8], reading: &mut Reading<'_>) -> (usize, Verdict) {
    element(text, |name| {
        reading.find(name).map_or(Verdict::Later, listed_name)
    })
}

/// How long the element is that a text begins with, and what becomes of the name in it.
#[inline]
fn element<'r>(text: &'r [u8], of_name: impl FnOnce(&'r [u8]) -> Verdict) -> (usize, Verdict) {
    let length = find(text, b',', 0);
    match trim(text.split_at_checked(length).unwrap_or_default().0) {
        [] => (length, Verdict::Empty),
        name => (length, of_name(name)),
    }
}

const fn listed_name(is_listed: bool) -> Verdict {
    match is_listed {
        true => Verdict::Allowed,
        false => Verdict::Denied(Denial::HeaderNotAllowed),
    }
}

impl Place {
    fn of(line: usize, start: usize, element: &[u8]) -> Self {
        let short = |number| u16::try_from(number).unwrap_or(u16::MAX);
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let begin = start + element.iter().take_while(is_blank).count();
        Self {
            line: short(line),
            start: short(begin),
            end: short(begin + trim(element).len()),
        }
    }
}
