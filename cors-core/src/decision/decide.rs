use super::{Body, Decision, Denial, Edit, Edits, Place};
use crate::bytes::{is_token, trim};
use crate::field::{RequestField, ResponseField};
use crate::origin::Origin;
use crate::policy::{Audience, HeaderNames, Methods, Policy, View, is_forbidden_method};

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
    /// Costs O(bytes of the policy): what is longer than the policy could ever allow is refused
    /// unread. Does not allocate and does not panic, whatever the bytes.
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
        let allowed = self.check_origin(origin);
        // https://fetch.spec.whatwg.org/#cors-preflight-request
        if is_options {
            let mut methods = lines(RequestField::RequestMethod);
            if let Some(method) = methods.next() {
                let method = match methods.next() {
                    None => Ok(method),
                    Some(_) => Err(Denial::SeveralMethods),
                };
                let checked = allowed
                    .and_then(|()| self.check_method(method?))
                    .and_then(|()| self.check_headers(lines(RequestField::RequestHeaders)));
                return self.answer_preflight(checked);
            }
        }
        match allowed {
            Ok(()) => Decision::Forward(self.edits_of_allowed(is_options)),
            Err(_) if is_exempt(origin, lines) => {
                Decision::Forward(self.with_vary(Edits::REMOVE_ALL, is_options))
            }
            Err(denial) if self.policy.forward_denied => {
                Decision::Forward(self.with_vary(Edits::REMOVE_ALL, is_options).denied(denial))
            }
            Err(denial) => Decision::Respond {
                status: 403,
                body: Body::OriginNotAllowed,
                edits: self.with_vary(Edits::REMOVE_ALL, is_options).denied(denial),
            },
        }
    }

    /// Steps 3 and 4 of the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check), ahead
    /// of the browser.
    fn check_origin(self, origin: Result<&[u8], Denial>) -> Result<(), Denial> {
        match (&self.policy.audience, origin) {
            (Audience::Public, _) => Ok(()),
            (_, Ok(origin)) if self.allows_origin(origin) => Ok(()),
            (_, Ok(_)) => Err(Denial::OriginNotAllowed),
            (_, Err(denial)) => Err(denial),
        }
    }

    /// Step 7.5 of the [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
    fn check_method(self, method: &[u8]) -> Result<(), Denial> {
        let any = self.policy.any_method
            && method.len() <= LONGEST_METHOD
            && is_token(method)
            && !is_forbidden_method(method);
        // https://fetch.spec.whatwg.org/#cors-safelisted-method
        let safelisted = matches!(method, b"GET" | b"HEAD" | b"POST");
        let listed = || Methods::checked(self.methods()).contains(method);
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
    fn check_headers<'r>(self, lines: impl Iterator<Item = &'r [u8]>) -> Result<bool, Denial> {
        let mut bytes_left = match self.policy.any_request_header {
            true => LONGEST_ECHO,
            false => (1024 + 4 * self.request_headers().len()).min(u16::MAX as usize),
        };
        let mut empty_elements = 0;
        let mut named = false;
        let mut found = 0;
        for (number, line) in lines.enumerate() {
            bytes_left = bytes_left
                .checked_sub(line.len() + 1)
                .ok_or(Denial::RequestHeadersTooLong)?;
            let mut start = 0;
            for element in line.split(|&byte| byte == b',') {
                let name = trim(element);
                if name.is_empty() {
                    // A recipient accepts "a reasonable number" of them:
                    // https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1.2
                    empty_elements += 1;
                    if empty_elements > MOST_EMPTY_ELEMENTS {
                        return Err(Denial::TooManyEmptyElements);
                    }
                } else {
                    named = true;
                    found = self
                        .find_header(name, found)
                        .map_err(|denial| denial(Place::of(number, start, element)))?;
                }
                start += element.len() + 1;
            }
        }
        Ok(named)
    }

    /// Where the search for the name that follows had best begin.
    fn find_header(self, name: &[u8], from: usize) -> Result<usize, fn(Place) -> Denial> {
        match HeaderNames::checked(self.request_headers()).find(name, from) {
            Some(behind) => Ok(behind),
            // https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
            None if !self.policy.any_request_header
                || name.eq_ignore_ascii_case(b"authorization") =>
            {
                Err(Denial::HeaderNotAllowed)
            }
            None if !is_token(name) => Err(Denial::HeaderNotAToken),
            None => Ok(from),
        }
    }

    /// The edits of the answer to a preflight that passes and asks for headers.
    #[cfg(feature = "std")]
    pub(crate) fn edits_of_preflight(self) -> Edits {
        self.answer_preflight(Ok(true)).edits()
    }

    /// The answer to a preflight; `checked` tells whether it asked for headers.
    fn answer_preflight(self, checked: Result<bool, Denial>) -> Decision {
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
    fn with_passed(self, edits: Edits, denial: Denial) -> Edits {
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

    fn with_methods(self, edits: Edits) -> Edits {
        let edit = match self.policy.any_method {
            true => Edit::Echo(RequestField::RequestMethod),
            false => Edit::Set,
        };
        edits.with(ResponseField::AllowMethods, edit)
    }

    fn edits_of_allowed(self, is_options: bool) -> Edits {
        let edits = self.with_shared(self.with_exposed(Edits::REMOVE_ALL_BUT_EXPOSED));
        self.with_vary(edits, is_options)
    }

    /// Whoever does not ask with an `Origin` may fill a cache for those who do
    /// ([CORS and HTTP caches](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)).
    fn edits_of_no_cors(self, is_options: bool) -> Edits {
        match self.policy.audience {
            Audience::Public => self.edits_of_allowed(is_options),
            _ => self.with_vary(Edits::REMOVE_ALL, is_options),
        }
    }

    /// What makes the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) succeed.
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

    fn with_exposed(self, edits: Edits) -> Edits {
        match self.exposes() {
            true => edits.with(ResponseField::ExposeHeaders, Edit::Append),
            false => edits,
        }
    }

    /// The response depends on the origin, unless it is the same for all; answers to OPTIONS are
    /// [not stored](https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7).
    fn with_vary(self, edits: Edits, is_options: bool) -> Edits {
        match self.policy.audience {
            Audience::Public => edits,
            _ if is_options => edits,
            _ => edits.with(ResponseField::Vary, Edit::AppendVary),
        }
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
