use core::fmt;

use super::decide::only;
use super::{Body, Decision, Denial, Edit, Refusal, Shown, Summary};
use crate::bytes::is_token;
use crate::field::{RequestField, ResponseField};
use crate::origin::{Difference, OriginPattern};
use crate::policy::{Audience, Policy, is_forbidden_method};

/// An explanation of why a request gets its response.
///
/// Its text has a line for each step, in the order in which a browser checks the response, and ends with
/// the browser's console message. Text from the client is escaped and cut, so it is safe for a log.
///
/// ```
/// use cors_core::{Policy, RequestField};
///
/// const POLICY: Policy = Policy::credentialed("https://app.example.com");
///
/// let lines = |field| {
///     let value = match field {
///         RequestField::Origin => Some(&b"https://www.app.example.com"[..]),
///         _ => None,
///     };
///     value.into_iter()
/// };
/// assert_eq!(
///     POLICY.explain(b"GET", lines).to_string(),
///     r#"request: GET from "https://www.app.example.com"
/// origin: not allowed; nearest is "https://app.example.com", which has no www.
/// response: 403, without calling the handler
/// Chromium: No 'Access-Control-Allow-Origin' header is present on the requested resource.
/// Firefox: CORS header ‘Access-Control-Allow-Origin’ missing
/// "#,
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'e> {
    policy: Policy<'e>,
    decision: Decision,
    method: &'e [u8],
    origin: Option<&'e [u8]>,
    has_several_origins: bool,
    /// Of a preflight.
    requested_method: Option<&'e [u8]>,
    refusal: Option<Refusal<'e>>,
    /// The only `Host`, if the browser told nothing else of where the request comes from.
    host: Option<&'e [u8]>,
}

impl<'a> Policy<'a> {
    /// Explains what [`decide`](Self::decide) decides about the same request.
    ///
    /// Costs as much as two decisions. Writing the text costs O(bytes of the policy), however many
    /// origins there are. Does not allocate.
    pub fn explain<'e, I>(
        &self,
        method: &'e [u8],
        lines: impl Fn(RequestField) -> I,
    ) -> Explanation<'e>
    where
        'a: 'e,
        I: Iterator<Item = &'e [u8]>,
    {
        let decision = self.decide(method, &lines);
        let mut origins = lines(RequestField::Origin);
        let origin = origins.next();
        let requested_method = lines(RequestField::RequestMethod)
            .next()
            .filter(|_| method == b"OPTIONS" && origin.is_some());
        let is_origin_allowed = !matches!(
            decision.denial(),
            None | Some(Denial::OriginNotAllowed | Denial::SeveralOrigins)
        );
        let is_told = [RequestField::SecFetchMode, RequestField::SecFetchSite]
            .into_iter()
            .any(|field| lines(field).next().is_some());
        Explanation {
            policy: *self,
            decision,
            method,
            origin,
            has_several_origins: origins.next().is_some(),
            requested_method,
            refusal: is_origin_allowed.then(|| self.refusal(&lines)),
            host: match is_told {
                true => None,
                false => only(lines(RequestField::Host)),
            },
        }
    }
}

impl Explanation<'_> {
    /// The decision that is explained.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// The explanation in one line: the request, and why it is denied, if it is.
    ///
    /// ```
    /// # use cors_core::{Policy, RequestField};
    /// const POLICY: Policy = Policy::anonymous("https://app.example.com");
    ///
    /// let lines = |field| {
    ///     let value = match field {
    ///         RequestField::Origin => Some(&b"https://evil.example"[..]),
    ///         _ => None,
    ///     };
    ///     value.into_iter()
    /// };
    /// assert_eq!(
    ///     POLICY.explain(b"GET", lines).summary().to_string(),
    ///     r#"request: GET from "https://evil.example": origin not allowed"#,
    /// );
    /// ```
    #[must_use]
    pub fn summary(&self) -> impl fmt::Display {
        self.summary_of(self.decision.denial())
    }

    const fn summary_of(&self, denial: Option<Denial>) -> Summary<'_> {
        Summary {
            method: self.method,
            origin: self.origin,
            requested_method: self.requested_method,
            denial,
        }
    }

    fn write_origin(&self, f: &mut fmt::Formatter<'_>, origin: &[u8]) -> fmt::Result {
        let listed = match &self.policy.audience {
            Audience::Public => return f.write_str("origin: allowed\n"),
            Audience::Anonymous(origins)
            | Audience::Credentialed(origins)
            | Audience::PublicAndCredentialed(origins) => origins,
        };
        if let Audience::PublicAndCredentialed(_) = self.policy.audience {
            let is_listed = !self.has_several_origins && self.policy.allows_credentials(origin);
            return f.write_str(match is_listed {
                true => "origin: allowed, with credentials\n",
                false => "origin: allowed, without credentials\n",
            });
        }
        if self.has_several_origins {
            return f.write_str("origin: several Origin headers, where browsers send one\n");
        }
        if self.policy.allows_origin(origin) {
            return f.write_str("origin: allowed\n");
        }
        f.write_str("origin: not allowed")?;
        match listed.nearest(origin) {
            _ if origin == b"null" => f.write_str("; any page can send null\n"),
            Some((nearest, difference)) => writeln!(f, "; {}", Nearest(nearest, difference)),
            None => f.write_str("; no listed origin is similar\n"),
        }?;
        self.write_proxy(f, origin)
    }

    /// The page may be the server's own, if a proxy has replaced the `Host` header.
    fn write_proxy(&self, f: &mut fmt::Formatter<'_>, origin: &[u8]) -> fmt::Result {
        let is_refused = matches!(self.decision, Decision::Respond { .. });
        match self
            .host
            .filter(|_| is_refused && self.requested_method.is_none())
        {
            Some(host) if origin.starts_with(b"http") => writeln!(
                f,
                "host: \"{}\" doesn't match the origin; if this server sent the page, a proxy has \
                 replaced the Host header: pass it on unchanged, or list the origin in own_origins",
                Shown(host)
            ),
            _ => Ok(()),
        }
    }

    /// The steps of a preflight behind that of the origin.
    fn write_preflight(&self, f: &mut fmt::Formatter<'_>, asked: &[u8]) -> fmt::Result {
        let denial = self.decision.denial();
        if let Some(Denial::SeveralOrigins | Denial::OriginNotAllowed) = denial {
            return Ok(());
        }
        match self.refusal.and_then(|refusal| refusal.method()) {
            _ if denial == Some(Denial::SeveralMethods) => {
                f.write_str("method: several Access-Control-Request-Method headers, where browsers send one\n")?;
            }
            Some(method) => self.write_method(f, method)?,
            None => writeln!(f, "method: {} is allowed", Shown(asked))?,
        }
        self.write_headers(f)
    }

    /// A method that is not allowed.
    fn write_method(&self, f: &mut fmt::Formatter<'_>, method: &[u8]) -> fmt::Result {
        write!(f, "method: {} is not allowed; ", Shown(method))?;
        let mut listed = self
            .policy
            .text(ResponseField::AllowMethods)
            .split(',')
            .map(str::trim_ascii);
        let same = |listed: &str| listed.as_bytes().eq_ignore_ascii_case(method);
        match listed.find(|listed| same(listed)) {
            Some(listed) => {
                writeln!(f, "methods are case-sensitive, and the policy has {listed}")
            }
            None if is_forbidden_method(method) || !is_token(method) => {
                f.write_str("pages can't send it\n")
            }
            None => f.write_str("add it to methods\n"),
        }
    }

    fn write_headers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(refusal) = self.refusal else {
            return f.write_str("headers: allowed\n");
        };
        if let Some(denial) = refusal.unread() {
            return writeln!(f, "headers: {denial}");
        }
        let (are, them) = match refusal.names().count() {
            0 => return f.write_str("headers: allowed\n"),
            1 => ("is", "it"),
            _ => ("are", "them"),
        };
        f.write_str("headers: ")?;
        refusal.write_names(f, "\"")?;
        write!(f, " {are} not allowed; ")?;
        match refusal.names().all(is_token) {
            false => f.write_str("pages can't send a header with an invalid name\n"),
            true if self.policy.any_request_header => {
                writeln!(
                    f,
                    "any_request_header doesn't cover {them}: list {them}, too"
                )
            }
            true => writeln!(f, "add {them} to request_headers"),
        }
    }

    fn write_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edits = match self.decision {
            Decision::Forward(edits) => edits,
            Decision::Respond { status, .. } => {
                return writeln!(f, "response: {status}, without calling the handler");
            }
        };
        let is_shared = matches!(
            edits.of(ResponseField::AllowOrigin),
            Some(Edit::Set | Edit::Echo(_))
        );
        let with = if is_shared { "with" } else { "without" };
        write!(
            f,
            "response: from the handler, {with} Access-Control-Allow-Origin"
        )?;
        match is_shared || self.origin.is_none() || edits.denial().is_some() {
            true => f.write_str("\n"),
            // https://fetch.spec.whatwg.org/#cors-request: it need not take part in CORS.
            false => {
                f.write_str("; a same-origin request, or one that doesn't use CORS, needs none\n")
            }
        }
    }

    /// What the browser shows, which knows nothing but the answer.
    fn write_browsers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(denial) = self.decision.denial() else {
            return Ok(());
        };
        let asked = Shown(self.requested_method.unwrap_or_default());
        let is_refused = matches!(
            self.decision,
            Decision::Respond {
                body: Body::PreflightNotAllowed,
                ..
            }
        );
        match denial {
            Denial::OriginNotAllowed | Denial::SeveralOrigins => {
                let preflight = match self.requested_method {
                    Some(_) => "Response to preflight request doesn't pass access control check: ",
                    None => "",
                };
                writeln!(
                    f,
                    "Chromium: {preflight}No 'Access-Control-Allow-Origin' header is present on \
                     the requested resource.\n\
                     Firefox: CORS header ‘Access-Control-Allow-Origin’ missing"
                )
            }
            _ if is_refused => f.write_str(
                "Chromium: Response to preflight request doesn't pass access control check: \
                 It does not have HTTP ok status.\n\
                 Firefox: CORS preflight response did not succeed\n",
            ),
            Denial::MethodNotAllowed => writeln!(
                f,
                "Chromium: Method {asked} is not allowed by Access-Control-Allow-Methods in \
                 preflight response.\n\
                 Firefox: Did not find method in CORS header ‘Access-Control-Allow-Methods’"
            ),
            Denial::HeaderNotAllowed(_) => {
                let name = self.refusal.and_then(|refusal| refusal.names().next());
                let header = Shown(name.unwrap_or_default());
                writeln!(
                    f,
                    "Chromium: Request header field {header} is not allowed by \
                     Access-Control-Allow-Headers in preflight response.\n\
                     Firefox: header ‘{header}’ is not allowed according to header \
                     ‘Access-Control-Allow-Headers’ from CORS preflight response"
                )
            }
            // No browser sends what leads here, so that none has a word for it.
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary_of(None))?;
        if let Some(origin) = self.origin {
            self.write_origin(f, origin)?;
        }
        if let Some(asked) = self.requested_method {
            self.write_preflight(f, asked)?;
        }
        self.write_answer(f)?;
        self.write_browsers(f)
    }
}

struct Nearest<'e>(OriginPattern<'e>, Difference);

impl fmt::Display for Nearest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "nearest is \"{}\", which {}",
            self.0.as_str(),
            self.1.as_str()
        )
    }
}
