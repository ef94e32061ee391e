use super::{Body, Decision, Denial, Edits};
use crate::bytes::{find, is_same_name, is_token};
use crate::field::{RequestField, ResponseField, Sets};
use crate::origin::{Origin, default_port};
use crate::policy::{Audience, Policy, View, has_method, is_forbidden_method};

/// No method that is sent is longer, in bytes; what is longer is not echoed.
const LONGEST_METHOD: usize = 64;

impl Policy<'_> {
    /// Decides what happens to a request: whether it is a CORS request and of which kind, whether it is
    /// allowed, and which headers its response gets.
    ///
    /// `method` is the request's, byte for byte. `lines` returns the values of all lines of a request
    /// header, in order, without white space around them. It is called at most once for each header, and
    /// only for those that matter.
    ///
    /// Follows the server's half of
    /// [the CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol), in the order in
    /// which a browser checks the response.
    ///
    /// Costs O(bytes of the policy): requested headers are looked up at a cost of O(bytes of their
    /// list and of the request), in any order, and a list that is longer than the policy could ever
    /// allow is denied unread. (Whoever chooses the list of a policy can make thousands of names
    /// collide, so that looking up one of them costs as much as reading the list.) Does not allocate
    /// and does not panic, whatever the bytes.
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
        let answers = &self.policy.answers;
        let mut origins = lines(RequestField::Origin);
        // https://fetch.spec.whatwg.org/#cors-request
        let Some(origin) = origins.next() else {
            return forward(answers.unlisted, is_options);
        };
        let origin = match origins.next() {
            None => Ok(origin),
            Some(_) => Err(Denial::SeveralOrigins),
        };
        let is_listed = self.is_listed(origin);
        // https://fetch.spec.whatwg.org/#cors-preflight-request
        if is_options {
            let mut methods = lines(RequestField::RequestMethod);
            if let Some(method) = methods.next() {
                let method = match methods.next() {
                    None => Ok(method),
                    Some(_) => Err(Denial::SeveralMethods),
                };
                return match is_listed {
                    true => self.decide_preflight(answers.passed, method, lines),
                    false => self.decide_unlisted_preflight(origin, method, lines),
                };
            }
        }
        match is_listed {
            true => forward(answers.listed, is_options),
            false => self.decide_unlisted(origin, is_options, lines),
        }
    }

    // Apart, so that ordinary requests need fewer registers.
    #[inline(never)]
    fn decide_preflight<'r, I>(
        &self,
        passed: Sets,
        method: Result<&[u8], Denial>,
        lines: impl Fn(RequestField) -> I,
    ) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        // No policy is for the request.
        if passed == Sets::NOTHING {
            return Decision::Forward(Edits::new(passed));
        }
        let checked = method
            .and_then(|method| self.check_method(method))
            .and_then(|()| self.check_headers(lines(RequestField::RequestHeaders)));
        let sets = match checked {
            Ok(true) => passed,
            Ok(false) => passed.remove(ResponseField::AllowHeaders),
            Err(denial) => return self.refuse(passed, denial),
        };
        Decision::Respond {
            status: self.policy.preflight_status,
            body: Body::Empty,
            edits: Edits::new(sets),
        }
    }

    #[inline(never)]
    fn decide_unlisted_preflight<'r, I>(
        &self,
        origin: Result<&[u8], Denial>,
        method: Result<&[u8], Denial>,
        lines: impl Fn(RequestField) -> I,
    ) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        let answers = &self.policy.answers;
        if self.policy.audience.is_public() {
            return self.decide_preflight(answers.passed_unlisted(), method, lines);
        }
        Decision::Respond {
            status: match self.policy.debug {
                true => self.policy.preflight_status,
                false => 403,
            },
            body: Body::Empty,
            edits: Edits::new(answers.blocked_preflight()).denied(denial_of(origin)),
        }
    }

    fn decide_unlisted<'r, I>(
        &self,
        origin: Result<&[u8], Denial>,
        is_options: bool,
        lines: impl Fn(RequestField) -> I,
    ) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        let sets = self.policy.answers.unlisted;
        if self.policy.audience.is_public() {
            return forward(sets, is_options);
        }
        let edits = Edits::new(sets.without_vary_if(is_options));
        let denied = edits.denied(denial_of(origin));
        let is_own = origin.is_ok_and(|origin| self.is_own(origin));
        match is_own || is_exempt(origin, lines) {
            true => Decision::Forward(edits),
            false if self.policy.forward_denied => Decision::Forward(denied),
            false => Decision::Respond {
                status: 403,
                body: Body::OriginNotAllowed,
                edits: denied,
            },
        }
    }

    /// The answer to a preflight that asks for something else than is allowed to its origin: what
    /// would pass, so that whoever looks at it finds what failed.
    #[cold]
    #[inline(never)]
    fn refuse(&self, passed: Sets, denial: Denial) -> Decision {
        let mut sets = passed.remove(ResponseField::MaxAge);
        // What is echoed has to have passed.
        let is_method = matches!(denial, Denial::SeveralMethods | Denial::MethodNotAllowed);
        if is_method && self.policy.any_method {
            sets = sets.remove(ResponseField::AllowMethods);
        }
        sets = match self.request_headers() {
            [] => sets.remove(ResponseField::AllowHeaders),
            _ => sets.set(ResponseField::AllowHeaders),
        };
        let (status, body) = match self.policy.debug {
            true => (self.policy.preflight_status, Body::Empty),
            false => (403, Body::PreflightNotAllowed),
        };
        Decision::Respond {
            status,
            body,
            edits: Edits::new(sets).denied(denial),
        }
    }

    /// Steps 3 and 4 of the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check), ahead
    /// of the browser: any origin will do, or this one is listed.
    #[inline]
    fn is_listed(self, origin: Result<&[u8], Denial>) -> bool {
        match (&self.policy.audience, origin) {
            (Audience::Public, _) => true,
            (
                Audience::Anonymous(origins)
                | Audience::Credentialed(origins)
                | Audience::PublicAndCredentialed(origins),
                Ok(origin),
            ) => self.lists(origins, origin),
            (_, Err(_)) => false,
        }
    }

    /// Step 7.5 of the [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
    pub(super) fn check_method(&self, method: &[u8]) -> Result<(), Denial> {
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
}

/// The handler answers. Answers to OPTIONS are
/// [not stored](https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7).
#[inline]
const fn forward(sets: Sets, is_options: bool) -> Decision {
    Decision::Forward(Edits::new(sets.without_vary_if(is_options)))
}

/// Why an origin is not allowed.
fn denial_of(origin: Result<&[u8], Denial>) -> Denial {
    origin.err().unwrap_or(Denial::OriginNotAllowed)
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
    // What a server does not know of these, it ignores.
    let is_told = match only(lines(RequestField::SecFetchSite)) {
        // No page can make a request that comes from `none`: the user did, or an extension.
        Some(b"same-origin" | b"none") => return true,
        Some(b"same-site" | b"cross-site") => true,
        _ => false,
    };
    match (only(lines(RequestField::SecFetchMode)), origin) {
        (Some(b"navigate" | b"no-cors" | b"same-origin"), _) => true,
        (Some(b"cors" | b"websocket" | b"webtransport"), _) => false,
        (_, Ok(origin)) if !is_told && origin.len() <= Origin::MAX_LENGTH => {
            only(lines(RequestField::Host)).is_some_and(|host| is_authority_of(host, origin))
        }
        _ => false,
    }
}

/// What follows `://` in the origin is this host and port, which both may leave out if it is the
/// [default](https://url.spec.whatwg.org/#default-port) of the origin's scheme.
fn is_authority_of(host: &[u8], origin: &[u8]) -> bool {
    let scheme = find(origin, b':', 0);
    let authority = origin
        .get(scheme..)
        .and_then(|rest| rest.strip_prefix(b"://"));
    let default = default_port(origin.get(..scheme).unwrap_or_default());
    authority.is_some_and(|authority| {
        is_same_name(
            without_port(authority, default),
            without_port(host, default),
        )
    })
}

fn without_port<'h>(authority: &'h [u8], port: Option<&[u8]>) -> &'h [u8] {
    port.and_then(|port| authority.strip_suffix(port)?.strip_suffix(b":"))
        .unwrap_or(authority)
}

/// The line of a field that browsers send once, if it is the only one.
pub(super) fn only<'r>(mut lines: impl Iterator<Item = &'r [u8]>) -> Option<&'r [u8]> {
    let line = lines.next()?;
    match lines.next() {
        None => Some(line),
        Some(_) => None,
    }
}
