//! Adapters with one flaw each, most of them seen in libraries that people use. A suite that lets
//! one of them pass is no proof.

mod answer;
mod request;

use crate::suite::app::App;
use crate::suite::exchange::{Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::reference::respond;
use crate::suite::run::{Adapter, NotApplicable};

/// The core behind an adapter that does one thing wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Caches hand one origin's answer to another.
    ForgetsVary,
    /// The handler's `Vary` is lost.
    ReplacesVary,
    /// Who looks like a listed origin from the front is let in: `https://a.test.evil.example`.
    MatchesPrefix,
    /// Who ends like a pattern is let in: `https://evila.test`.
    MatchesSuffix,
    /// Everybody is let in.
    EchoesAnyOrigin,
    /// `HTTPS://A.test` is let in.
    FoldsCase,
    /// The answer to 404, 405 and 500 is bare, and the page sees a network error.
    LeavesErrorsBare,
    /// `*` together with credentials, which browsers refuse.
    AnswersCredentialsWithWildcard,
    /// The application's own OPTIONS is unreachable.
    SwallowsOptions,
    /// OPTIONS is taken for a preflight without an `Origin`.
    NeedsNoOrigin,
    /// The handler's field stays beside the policy's, and browsers refuse both.
    Appends,
    /// Two `Origin` lines: the first decides.
    ReadsFirstOriginLine,
    /// Two `Access-Control-Request-Headers` lines: the first decides.
    ReadsFirstRequestHeadersLine,
    /// A refused origin is told what others may do.
    LeaksOnDenial,
    /// A preflight has the side effects of the request that it asks for.
    CallsHandlerOnPreflight,
    /// GET, HEAD and POST need to be listed.
    WantsSafelistedMethodsListed,
    /// The server's own pages are refused.
    RefusesSameOrigin,
    /// What is refused reaches the handler all the same.
    ForwardsDenied,
    /// Where some origins have credentials, `*` for all others goes out without `Vary`.
    ForgetsVaryBesideWildcard,
    /// Where some origins have credentials, all have them.
    GivesCredentialsToAnyOrigin,
    /// The `*` inside a label takes a dot, and with it other people's domains.
    LetsLabelsHaveDots,
    /// A `Sec-Fetch-Mode` that nobody knows is taken for a harmless one.
    ExemptsUnknownModes,
    /// Whoever sends `X-Forwarded-Host` is the server's own page.
    BelievesForwardedHost,
    /// The server's own origins are shared with, as if they were listed.
    SharesWithOwnOrigins,
    /// A preflight is refused without a word about what is not allowed.
    RefusesPreflightsSilently,
    /// A preflight that is refused tells an allowed page nothing, not even that its origin is allowed.
    RefusesPreflightsBare,
}

impl Broken {
    /// Every flaw, with the case that catches it.
    pub const ALL: [(Self, &'static str); 26] = [
        (Self::ForgetsVary, "REQ-VARY-01 no Origin"),
        (Self::ReplacesVary, "REQ-VARY-03 another member"),
        (Self::MatchesPrefix, "O005 prefix match"),
        (Self::MatchesSuffix, "REQ-PAT-02 no label boundary"),
        (Self::EchoesAnyOrigin, "REQ-ORIGIN-01 an unlisted origin"),
        (Self::FoldsCase, "REQ-ORIGIN-03 upper case in the scheme"),
        (Self::LeavesErrorsBare, "REQ-STAT-02 the framework's 404"),
        (
            Self::AnswersCredentialsWithWildcard,
            "REQ-CRED-01 credentials are allowed with true",
        ),
        (
            Self::SwallowsOptions,
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
        ),
        (
            Self::NeedsNoOrigin,
            "REQ-CLS-01 OPTIONS with a request method but no Origin reaches the handler",
        ),
        (
            Self::Appends,
            "REQ-ACAO-02 a handler that says * does not decide",
        ),
        (
            Self::ReadsFirstOriginLine,
            "REQ-ORIGIN-17 a listed and another Origin line",
        ),
        (
            Self::ReadsFirstRequestHeadersLine,
            "REQ-HDR-05 an unlisted name in the second line",
        ),
        (
            Self::LeaksOnDenial,
            "REQ-ACAO-06 no Access-Control field for a foreign origin",
        ),
        (
            Self::CallsHandlerOnPreflight,
            "REQ-CLS-15 a preflight does not call the handler",
        ),
        (
            Self::WantsSafelistedMethodsListed,
            "REQ-METH-04 an upload listener under a policy of origins only",
        ),
        (
            Self::RefusesSameOrigin,
            "REQ-CLS-05 a same-origin POST is answered",
        ),
        (
            Self::ForwardsDenied,
            "REQ-STAT-07 a foreign POST does not run",
        ),
        (Self::ForgetsVaryBesideWildcard, "REQ-MIX-02 another origin"),
        (
            Self::GivesCredentialsToAnyOrigin,
            "REQ-MIX-02 another origin",
        ),
        (Self::LetsLabelsHaveDots, "REQ-PAT-16 never a dot: a dot"),
        (Self::ExemptsUnknownModes, "REQ-OWN-05 the mode 'x' is none"),
        (Self::BelievesForwardedHost, "REQ-OWN-14 X-Forwarded-Host"),
        (
            Self::SharesWithOwnOrigins,
            "REQ-OWN-10 a page of the server's own origin, whose Host a proxy rewrites",
        ),
        (
            Self::RefusesPreflightsSilently,
            "REQ-REF-01 a method that is not listed",
        ),
        (Self::RefusesPreflightsBare, "REQ-REF-07 no Max-Age"),
    ];
}

impl Adapter for Broken {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let (policy, asked) = self.mistake(policy, request);
        let core = policy.to_core()?;
        let mut response = respond(&core.as_policy(), app, &asked);
        if asked != *request {
            request::restore_origin(request, &mut response);
        }
        self.spoil(&policy, app, request, &mut response);
        Ok(response)
    }
}
