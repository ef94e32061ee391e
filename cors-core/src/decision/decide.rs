use super::{Body, Decision, Denial, Edit, Edits, Place};
use crate::bytes::{find, is_same_name, is_token, trim};
use crate::field::{RequestField, ResponseField};
use crate::origin::Origin;
use crate::policy::{
    Audience, Policy, Reading, Table, View, has_method, has_name, is_forbidden_method,
};

/// So much of `Access-Control-Request-Headers` is echoed at most, in bytes.
const LONGEST_ECHO: usize = 4096;

/// No method that is sent is longer, in bytes; what is longer is not echoed.
const LONGEST_METHOD: usize = 64;

const MOST_EMPTY_ELEMENTS: usize = 16;

impl Policy<'_> {
    /// The whole decision: is this a CORS request, of which kind, may it pass, and what does the
    /// response say.
    ///
    /// `method` is the request's, byte for byte. `lines` gives the values of all lines of a
    /// request field, in order, without the white space around them; it is called at most once for
    /// a field, and only for those that matter.
    ///
    /// Follows the server's half of
    /// [the CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol), in the order in
    /// which a browser checks the answer.
    ///
    /// Costs O(bytes of the policy): requested headers are looked up at a cost of O(bytes of their
    /// list and of the request), in whatever order, and what is longer than the policy could ever
    /// allow is refused unread. (Who chooses the list of a policy can make thousands of names collide,
    /// so that looking one of them up costs as much as to read the list.) Does not allocate and does not panic, whatever the bytes.
    ///
    /// ```
    /// use cors_core::{Decision, Edit, Policy, RequestField, ResponseField};
    ///
    /// const POLICY: Policy = Policy::anonymous("https://app.example.com").methods("PUT");
    ///
    /// let request = |field| {
    ///     match field {
    ///         RequestField::Origin => Some(b"https://app.example.com".as_slice()),
    ///         RequestField::RequestMethod => Some(b"PUT".as_slice()),
    ///         _ => None,
    ///     }
    ///     .into_iter()
    /// };
    /// let Decision::Respond { status: 204, edits, .. } = POLICY.decide(b"OPTIONS", request) else {
    ///     panic!("the preflight passes");
    /// };
    /// assert_eq!(edits.of(ResponseField::AllowOrigin), Some(Edit::Echo(RequestField::Origin)));
    /// assert_eq!(edits.of(ResponseField::AllowMethods), Some(Edit::Set));
    /// ```
    pub fn decide<'r, I>(&self, method: &[u8], lines: impl Fn(RequestField) -> I) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        View::of(self).decide(method, lines)
    }
}

impl View<'_> {
    /// See [`Policy::decide`].
    pub(crate) fn decide<'r, I>(self, method: &[u8], lines: impl Fn(RequestField) -> I) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        let is_options = method == b"OPTIONS";
        let mut origins = lines(RequestField::Origin);
        // https://fetch.spec.whatwg.org/#cors-request
        let Some(origin) = origins.next() else {
            return Decision::Forward(self.edits_of_no_cors(is_options));
        };
        let origin = match origins.next() {
            None => Ok(origin),
            Some(_) => Err(Denial::SeveralOrigins),
        };
        // https://fetch.spec.whatwg.org/#cors-preflight-request
        if is_options {
            let mut methods = lines(RequestField::RequestMethod);
            if let Some(method) = methods.next() {
                let method = match methods.next() {
                    None => Ok(method),
                    Some(_) => Err(Denial::SeveralMethods),
                };
                return self.decide_preflight(origin, method, lines);
            }
        }
        match self.check_origin(origin) {
            Ok(()) => Decision::Forward(self.edits_of_allowed(is_options)),
            Err(denial) => {
                let edits = self.with_vary(Edits::REMOVE_ALL, is_options);
                self.decide_denied(origin, edits, denial, lines)
            }
        }
    }

    // Apart, so that ordinary requests need fewer registers.
    #[inline(never)]
    fn decide_preflight<'r, I>(
        &self,
        origin: Result<&[u8], Denial>,
        method: Result<&[u8], Denial>,
        lines: impl Fn(RequestField) -> I,
    ) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        let checked = self
            .check_origin(origin)
            .and_then(|()| self.check_method(method?))
            .and_then(|()| self.check_headers(lines(RequestField::RequestHeaders)));
        self.answer_preflight(checked)
    }

    #[inline(never)]
    fn decide_denied<'r, I>(
        &self,
        origin: Result<&[u8], Denial>,
        edits: Edits,
        denial: Denial,
        lines: impl Fn(RequestField) -> I,
    ) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        match is_exempt(origin, lines) {
            true => Decision::Forward(edits),
            false if self.policy.forward_denied => Decision::Forward(edits.denied(denial)),
            false => Decision::Respond {
                status: 403,
                body: Body::OriginNotAllowed,
                edits: edits.denied(denial),
            },
        }
    }

    /// Steps 3 and 4 of the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check), ahead
    /// of the browser.
    #[inline]
    fn check_origin(self, origin: Result<&[u8], Denial>) -> Result<(), Denial> {
        match (&self.policy.audience, origin) {
            (Audience::Public, _) => Ok(()),
            (_, Ok(origin)) if self.allows_origin(origin) => Ok(()),
            (_, Ok(_)) => Err(Denial::OriginNotAllowed),
            (_, Err(denial)) => Err(denial),
        }
    }

    /// Step 7.5 of the [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
    fn check_method(&self, method: &[u8]) -> Result<(), Denial> {
        let any = self.policy.any_method
            && method.len() <= LONGEST_METHOD
            && is_token(method)
            && !is_forbidden_method(method);
        // https://fetch.spec.whatwg.org/#cors-safelisted-method
        let safelisted = matches!(method, b"GET" | b"HEAD" | b"POST");
        let listed = || {
            let list = self.methods();
            let marks = &self.policy.method_marks;
            marks.begin(list, method, <[u8]>::eq) == Some(method.len()) || has_method(list, method)
        };
        match safelisted || any || listed() {
            true => Ok(()),
            false => Err(Denial::MethodNotAllowed),
        }
    }

    /// Steps 7.6 and 7.7 of the
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0). Whether a
    /// name was asked for at all.
    ///
    /// Browsers send one sorted line without white space; whoever stands between may
    /// [split, join and pad](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.3) it.
    #[inline]
    fn check_headers<'r>(&self, lines: impl Iterator<Item = &'r [u8]>) -> Result<bool, Denial> {
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
        let most = (1024 + 4 * list.len()).min(u16::MAX as usize);
        let mut requested = Requested::of(lines, most);
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
            _ if name.eq_ignore_ascii_case(b"authorization") => listed_name(
                *is_authorization_listed
                    .get_or_insert_with(|| has_name(self.request_headers(), name)),
            ),
            _ if is_token(name) => Verdict::Allowed,
            _ => Verdict::Denied(Denial::HeaderNotAToken),
        })
    }

    /// The edits of the answer to a preflight that passes and asks for headers.
    #[cfg(feature = "std")]
    pub(crate) fn edits_of_preflight(self) -> Edits {
        self.answer_preflight(Ok(true)).edits()
    }

    /// The answer to a preflight; `checked` tells whether it asked for headers.
    #[inline]
    fn answer_preflight(&self, checked: Result<bool, Denial>) -> Decision {
        let edits = match self.policy.vary_on_preflight {
            true => Edits::REMOVE_ALL.with(ResponseField::Vary, Edit::Set),
            false => Edits::REMOVE_ALL,
        };
        let named = match checked {
            Ok(named) => named,
            Err(denial) => {
                let edits = edits.denied(denial);
                let (status, edits) = match self.policy.debug {
                    true => (204, self.with_passed(edits, denial)),
                    false => (403, edits),
                };
                return Decision::Respond {
                    status,
                    body: Body::Empty,
                    edits,
                };
            }
        };
        let mut edits = self.with_methods(self.with_shared(edits));
        if named {
            let edit = match self.policy.any_request_header {
                true => Edit::Echo(RequestField::RequestHeaders),
                false => Edit::Set,
            };
            edits = edits.with(ResponseField::AllowHeaders, edit);
        }
        if self.policy.max_age.is_some() {
            edits = edits.with(ResponseField::MaxAge, Edit::Set);
        }
        Decision::Respond {
            status: 204,
            body: Body::Empty,
            edits,
        }
    }

    /// What passed before the step that failed, so that the browser finds that very step.
    fn with_passed(&self, edits: Edits, denial: Denial) -> Edits {
        let shared = self.with_shared(edits);
        match denial {
            Denial::SeveralOrigins | Denial::OriginNotAllowed => edits,
            Denial::SeveralMethods | Denial::MethodNotAllowed if self.policy.any_method => shared,
            Denial::SeveralMethods | Denial::MethodNotAllowed => self.with_methods(shared),
            _ if self.request_headers().is_empty() => self.with_methods(shared),
            _ => self
                .with_methods(shared)
                .with(ResponseField::AllowHeaders, Edit::Set),
        }
    }

    #[inline]
    fn with_methods(self, edits: Edits) -> Edits {
        let edit = match self.policy.any_method {
            true => Edit::Echo(RequestField::RequestMethod),
            false => Edit::Set,
        };
        edits.with(ResponseField::AllowMethods, edit)
    }

    #[inline]
    fn edits_of_allowed(self, is_options: bool) -> Edits {
        let edits = self.with_shared(self.with_exposed(Edits::REMOVE_ALL_BUT_EXPOSED));
        self.with_vary(edits, is_options)
    }

    /// Whoever does not ask with an `Origin` may fill a cache for those who do
    /// ([CORS and HTTP caches](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)).
    fn edits_of_no_cors(&self, is_options: bool) -> Edits {
        match self.policy.audience {
            Audience::Public => self.edits_of_allowed(is_options),
            _ => self.with_vary(Edits::REMOVE_ALL, is_options),
        }
    }

    /// What makes the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) succeed.
    #[inline]
    fn with_shared(self, edits: Edits) -> Edits {
        match self.policy.audience {
            Audience::Public => edits.with(ResponseField::AllowOrigin, Edit::Set),
            Audience::Anonymous(_) => {
                edits.with(ResponseField::AllowOrigin, Edit::Echo(RequestField::Origin))
            }
            Audience::Credentialed(_) => edits
                .with(ResponseField::AllowOrigin, Edit::Echo(RequestField::Origin))
                .with(ResponseField::AllowCredentials, Edit::Set),
        }
    }

    #[inline]
    fn with_exposed(self, edits: Edits) -> Edits {
        match self.exposes() {
            true => edits.with(ResponseField::ExposeHeaders, Edit::Append),
            false => edits,
        }
    }

    /// The response depends on the origin, unless it is the same for all; answers to OPTIONS are
    /// [not stored](https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7).
    #[inline]
    fn with_vary(self, edits: Edits, is_options: bool) -> Edits {
        match self.policy.audience {
            Audience::Public => edits,
            _ if is_options => edits,
            _ => edits.with(ResponseField::Vary, Edit::AppendVary),
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
                    return Err(denial(Place::of(self.number - 1, self.start, element)));
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

    /// Checks the rest, whose names stand in another order than the list, or again and again.
    /// Whether a name was asked for at all.
    #[cold]
    #[inline(never)]
    fn check_in_table(&mut self, list: &[u8]) -> Result<bool, Denial> {
        let mut checked = Ok(true);
        Table::with(list, |table| checked = self.check_in(table));
        checked.map(|_| self.is_named)
    }

    #[inline(never)]
    fn check_in(&mut self, table: &Table<'_>) -> Result<bool, Denial> {
        let look_up = |text| {
            let (length, is_listed) = table.begin(text);
            (length, is_listed.map_or(Verdict::Empty, listed_name))
        };
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

/// The browser does not ask to share the response with the page, or the page is the server's own.
///
/// Pages send `Origin` with every POST to their own server, and
/// [it does not tell that a request takes part in CORS](https://fetch.spec.whatwg.org/#cors-request);
/// [`Sec-Fetch-Mode`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-mode-header) and
/// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header) do,
/// and no script can set them.
fn is_exempt<'r, I>(origin: Result<&[u8], Denial>, lines: impl Fn(RequestField) -> I) -> bool
where
    I: Iterator<Item = &'r [u8]>,
{
    let site = Lines::of(lines(RequestField::SecFetchSite));
    if let Lines::One(b"same-origin") = site {
        return true;
    }
    match (site, Lines::of(lines(RequestField::SecFetchMode)), origin) {
        (_, Lines::One(mode), _) => !matches!(mode, b"cors" | b"websocket"),
        (Lines::None, Lines::None, Ok(origin)) => match Lines::of(lines(RequestField::Host)) {
            Lines::One(host) => origin.len() <= Origin::MAX_LENGTH && is_authority_of(host, origin),
            _ => false,
        },
        _ => false,
    }
}

/// What follows `://` in the origin is this host and port.
fn is_authority_of(host: &[u8], origin: &[u8]) -> bool {
    origin
        .windows(3)
        .position(|bytes| bytes == b"://")
        .and_then(|at| origin.get(at + 3..))
        .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// The lines of a field that browsers send once.
enum Lines<'r> {
    None,
    One(&'r [u8]),
    Several,
}

impl<'r> Lines<'r> {
    fn of(mut lines: impl Iterator<Item = &'r [u8]>) -> Self {
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line),
            (Some(_), Some(_)) => Self::Several,
        }
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
