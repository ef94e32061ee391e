use core::fmt;

use super::{Decision, Denial, Edit};
use crate::bytes::is_token;
use crate::field::{RequestField, ResponseField};
use crate::origin::{Difference, OriginPattern};
use crate::policy::{Audience, Policy, is_forbidden_method};

/// Why a request gets the answer that it gets, for the person who has to find out.
///
/// Its text has a line for each step of the algorithm, in the order in which a browser checks the
/// answer, and ends with what the browser will tell. What the client sent is escaped and cut; the
/// text is safe for a log.
///
/// ```
/// use cors_core::{Policy, RequestField};
///
/// const POLICY: Policy = Policy::credentialed("https://app.example.com");
///
/// let origin = |field| (field == RequestField::Origin).then_some(&b"https://www.app.example.com"[..]).into_iter();
/// assert_eq!(
///     POLICY.explain(b"GET", origin).to_string(),
///     r#"actual request: GET from "https://www.app.example.com"
/// origin: not allowed; nearest is "https://app.example.com", which has no www.
/// answer: 403, and the handler does not run
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
    /// The header that failed.
    header: &'e [u8],
}

impl<'a> Policy<'a> {
    /// Why [`decide`](Self::decide), asked the same, decides as it does.
    ///
    /// To make one costs as much as to decide twice. Its text costs O(bytes of the policy), however
    /// many origins there are. Does not allocate.
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
        let header = decision
            .denial()
            .and_then(|denial| denial.header(lines(RequestField::RequestHeaders)))
            .unwrap_or_default();
        Explanation {
            policy: *self,
            decision,
            method,
            origin,
            has_several_origins: origins.next().is_some(),
            requested_method,
            header,
        }
    }
}

impl Explanation<'_> {
    /// What is explained.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// One line: who asked for what, and why it was denied, if it was.
    ///
    /// ```
    /// # use cors_core::{Policy, RequestField};
    /// const POLICY: Policy = Policy::anonymous("https://app.example.com");
    ///
    /// let origin = |field| (field == RequestField::Origin).then_some(&b"https://evil.example"[..]).into_iter();
    /// assert_eq!(
    ///     POLICY.explain(b"GET", origin).summary().to_string(),
    ///     r#"actual request: GET from "https://evil.example": origin not allowed"#,
    /// );
    /// ```
    #[must_use]
    pub fn summary(&self) -> impl fmt::Display {
        Summary(*self)
    }

    fn write_request(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = Shown(self.method);
        match (self.origin, self.requested_method) {
            (None, _) => write!(f, "no CORS request: {method} without an Origin"),
            (Some(origin), None) => {
                write!(f, "actual request: {method} from \"{}\"", Shown(origin))
            }
            (Some(origin), Some(asked)) => {
                write!(f, "preflight: {} from \"{}\"", Shown(asked), Shown(origin))
            }
        }
    }

    fn write_origin(&self, f: &mut fmt::Formatter<'_>, origin: &[u8]) -> fmt::Result {
        let listed = match &self.policy.audience {
            Audience::Public => return f.write_str("origin: allowed\n"),
            Audience::Anonymous(origins) | Audience::Credentialed(origins) => origins,
        };
        if self.has_several_origins {
            return f.write_str("origin: several Origin lines, where browsers send one\n");
        }
        if self.policy.allows_origin(origin) {
            return f.write_str("origin: allowed\n");
        }
        f.write_str("origin: not allowed")?;
        match listed.nearest(origin) {
            _ if origin == b"null" => f.write_str("; every page can take on null\n"),
            Some((nearest, difference)) => writeln!(f, "; {}", Nearest(nearest, difference)),
            None => f.write_str("; no listed one is like it\n"),
        }
    }

    /// The steps of a preflight behind that of the origin.
    fn write_preflight(&self, f: &mut fmt::Formatter<'_>, asked: &[u8]) -> fmt::Result {
        let denial = self.decision.denial();
        match denial {
            Some(Denial::SeveralOrigins | Denial::OriginNotAllowed) => return Ok(()),
            Some(Denial::SeveralMethods) => {
                return f.write_str("method: several lines, where browsers send one\n");
            }
            Some(Denial::MethodNotAllowed) => {
                write!(f, "method: {} is not allowed; ", Shown(asked))?;
                let mut listed = self
                    .policy
                    .text(ResponseField::AllowMethods)
                    .split(',')
                    .map(str::trim_ascii);
                let same = |listed: &str| listed.as_bytes().eq_ignore_ascii_case(asked);
                return match listed.find(|listed| same(listed)) {
                    Some(listed) => {
                        writeln!(f, "methods are case-sensitive, and the policy has {listed}")
                    }
                    None if is_forbidden_method(asked) || !is_token(asked) => {
                        f.write_str("no script can send it\n")
                    }
                    None => f.write_str("list it in methods\n"),
                };
            }
            _ => writeln!(f, "method: {} is allowed", Shown(asked))?,
        }
        let header = Shown(self.header);
        match denial {
            Some(Denial::HeaderNotAllowed(_)) if self.policy.any_request_header => writeln!(
                f,
                "headers: \"{header}\" is not allowed; any header does not cover it: list it, too"
            ),
            Some(Denial::HeaderNotAllowed(_)) => writeln!(
                f,
                "headers: \"{header}\" is not allowed; list it in request_headers"
            ),
            Some(Denial::HeaderNotAToken(_)) => {
                writeln!(f, "headers: \"{header}\" is not a token")
            }
            Some(denial) => writeln!(f, "headers: {denial}"),
            None => f.write_str("headers: allowed\n"),
        }
    }

    fn write_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decision {
            Decision::Forward(edits) => {
                f.write_str("answer: the handler's, ")?;
                match edits.of(ResponseField::AllowOrigin) {
                    Some(Edit::Set | Edit::Echo(_)) => f.write_str("shared\n"),
                    _ if self.origin.is_none() || edits.denial().is_some() => {
                        f.write_str("not shared\n")
                    }
                    // https://fetch.spec.whatwg.org/#cors-request: it need not take part in CORS.
                    _ => f.write_str(
                        "not shared; the page is the server's own, or does not ask to share it\n",
                    ),
                }
            }
            Decision::Respond { status, .. } => {
                writeln!(f, "answer: {status}, and the handler does not run")
            }
        }
    }

    /// What the browser shows, which knows nothing but the answer.
    fn write_browsers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(denial) = self.decision.denial() else {
            return Ok(());
        };
        let is_preflight = self.requested_method.is_some();
        let asked = Shown(self.requested_method.unwrap_or_default());
        let header = Shown(self.header);
        match denial {
            Denial::MethodNotAllowed if self.policy.debug => writeln!(
                f,
                "Chromium: Method {asked} is not allowed by Access-Control-Allow-Methods in \
                 preflight response.\n\
                 Firefox: Did not find method in CORS header ‘Access-Control-Allow-Methods’"
            ),
            Denial::HeaderNotAllowed(_) if self.policy.debug => writeln!(
                f,
                "Chromium: Request header field {header} is not allowed by \
                 Access-Control-Allow-Headers in preflight response.\n\
                 Firefox: header ‘{header}’ is not allowed according to header \
                 ‘Access-Control-Allow-Headers’ from CORS preflight response"
            ),
            // No browser sends what leads here, so that none has a word for it.
            Denial::SeveralMethods
            | Denial::HeaderNotAToken(_)
            | Denial::TooManyEmptyElements
            | Denial::RequestHeadersTooLong
                if self.policy.debug =>
            {
                Ok(())
            }
            _ => {
                let preflight = match is_preflight {
                    true => "Response to preflight request doesn't pass access control check: ",
                    false => "",
                };
                writeln!(
                    f,
                    "Chromium: {preflight}No 'Access-Control-Allow-Origin' header is present on \
                     the requested resource.\n\
                     Firefox: CORS header ‘Access-Control-Allow-Origin’ missing"
                )
            }
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_request(f)?;
        f.write_str("\n")?;
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

struct Summary<'e>(Explanation<'e>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_request(f)?;
        match self.0.decision.denial() {
            Some(denial) => write!(f, ": {denial}"),
            None => Ok(()),
        }
    }
}

/// A client's bytes: escaped, and cut after 100.
pub(crate) struct Shown<'e>(pub(crate) &'e [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(100) {
            None | Some((_, [])) => write!(f, "{}", self.0.escape_ascii()),
            Some((start, _)) => write!(f, "{}…", start.escape_ascii()),
        }
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
