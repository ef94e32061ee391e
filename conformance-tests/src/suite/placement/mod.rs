//! Finds responses of your application that have no CORS headers, in your own tests.
//!
//! A page sees a network error in place of such a response, whether it is a 401, a 404, a 413 or a 500.
//! Nearly always the policy is right, but the middleware is in the wrong place: it does not cover all routes,
//! or it is inside authentication or a limit.

mod advice;
mod gaps;

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use cors_core::Policy;

pub use self::gaps::{Gap, Gaps};
use super::exchange::{Line, Request, Response};
use super::model_browser::{Credentials, Fetch};
use crate::frameworks::Framework;

/// What to ask your application.
///
/// For each [`path`](Self::path), your application gets what a browser would send for a page at an origin
/// that your policy allows: the preflight, the request itself, another method, the path with or without a
/// slash at its end, and paths that do not exist beside and below it; all without cookies and tokens. The
/// other methods name paths at which your application refuses something.
///
/// ```
/// use conformance_tests::frameworks::Framework;
/// use conformance_tests::placement::Placement;
/// use cors_core::Policy;
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com");
///
/// # async fn application(request: http::Request<Vec<u8>>) -> http::Response<()> {
/// #     http::Response::builder()
/// #         .header("access-control-allow-origin", "https://app.example.com")
/// #         .header("access-control-allow-credentials", "true")
/// #         .body(())
/// #         .unwrap()
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// Placement::new(&POLICY, "https://app.example.com")
///     .framework(Framework::Axum)
///     .path("/items")
///     .needs_token("/account")
///     .limits_bodies("/upload", 3 << 20)
///     .check(async |request| application(request).await)
///     .await
///     .assert_none();
/// # }
/// ```
///
/// How to send a request to your application:
///
/// | | |
/// |---|---|
/// | axum | `async \|request\| app.clone().oneshot(request.map(Body::from)).await.unwrap()` |
/// | actix-web | `async \|request\| frameworks::actix::send(&app, request).await`, where `app` is what `test::init_service(..)` returns (feature `actix`) |
/// | Rocket | `async \|request\| frameworks::rocket::send(&client, request).await`, with an asynchronous local `Client` (feature `rocket`) |
/// | warp | `async \|request\| warp::service(routes.clone()).oneshot(request.map(Full::from)).await.unwrap()` |
#[derive(Clone, Debug)]
pub struct Placement {
    page: String,
    credentials: Credentials,
    framework: Option<Framework>,
    other_method: String,
    asked: Vec<(Asked, Fetch, Vec<u8>)>,
}

/// What is asked for, and so which answers are to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The preflight for a path.
    Preflight,
    /// A path that is served.
    Path,
    /// The same with a method that it may not have.
    OtherMethod,
    /// The same with a slash more or less at its end.
    OtherSlash,
    /// A path that there is not.
    UnknownPath,
    /// A path that needs a token, without one.
    WithoutToken,
    /// A path that limits bodies, with a longer one.
    LongBody,
    /// A path that limits how often it is asked, for the last of many times.
    TooOften,
    /// A path whose handler panics.
    Panic,
}

impl Placement {
    /// Asks for a page at `page`, an origin that `policy` allows.
    ///
    /// # Panics
    ///
    /// If the policy does not allow it.
    #[must_use]
    pub fn new(policy: &Policy<'_>, page: &str) -> Self {
        assert!(
            policy.allows_origin(page.as_bytes()),
            "the policy does not allow the origin \"{page}\": name one that it allows",
        );
        Self::for_page(
            page,
            match policy.allows_credentials(page.as_bytes()) {
                true => Credentials::Include,
                false => Credentials::Omit,
            },
        )
    }

    /// Asks for a page at `page`, which a server allows whose policy is not at hand.
    #[must_use]
    pub fn for_page(page: &str, credentials: Credentials) -> Self {
        Self {
            page: page.to_owned(),
            credentials,
            framework: None,
            other_method: "PATCH".to_owned(),
            asked: Vec::new(),
        }
    }

    /// A method that no path has, instead of `PATCH`.
    #[must_use]
    pub fn other_method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.other_method);
        self
    }

    /// Says in this framework's words where to put the middleware.
    #[must_use]
    pub fn framework(mut self, framework: Framework) -> Self {
        self.framework = Some(framework);
        self
    }

    /// A path that answers GET, with its query if it needs one.
    ///
    /// Another method ([`PATCH`](Self::other_method), without a body) is sent to it, too.
    #[must_use]
    pub fn path(self, target: &str) -> Self {
        let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
        let below = format!("{}/no-such-path", path.trim_end_matches('/'));
        let beside = match path.trim_end_matches('/').rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/no-such-path"),
            None => "/no-such-path".to_owned(),
        };
        let other_slash = match path.strip_suffix('/') {
            Some(path) => path.to_owned(),
            None => format!("{path}/"),
        };
        let placement = self
            .ask(Asked::Preflight, "GET", target)
            .ask(Asked::Path, "GET", target)
            .ask(Asked::OtherMethod, "GET", target);
        let placement = match other_slash.is_empty() {
            true => placement,
            false => placement.ask(Asked::OtherSlash, "GET", &format!("{other_slash}{query}")),
        };
        [below, beside, "/no-such-path".to_owned()]
            .iter()
            .fold(placement, |placement, path| {
                placement.ask(Asked::UnknownPath, "GET", path)
            })
    }

    /// A path that answers GET with 401 or 403 if there is no token and no cookie.
    #[must_use]
    pub fn needs_token(self, path: &str) -> Self {
        self.ask(Asked::Preflight, "GET", path)
            .ask(Asked::WithoutToken, "GET", path)
    }

    /// A path that answers POST, and refuses a body of so many bytes.
    #[must_use]
    pub fn limits_bodies(mut self, path: &str, bytes: usize) -> Self {
        let fetch = self.fetch("POST", path);
        self.asked.push((Asked::LongBody, fetch, vec![b'a'; bytes]));
        self
    }

    /// A path that answers GET, and refuses the last of so many requests.
    #[must_use]
    pub fn limits_requests(self, path: &str, requests: usize) -> Self {
        (0..requests).fold(self, |placement, _| {
            placement.ask(Asked::TooOften, "GET", path)
        })
    }

    /// A path at which GET panics.
    #[must_use]
    pub fn panics(self, path: &str) -> Self {
        self.ask(Asked::Panic, "GET", path)
    }

    fn ask(mut self, asked: Asked, method: &str, path: &str) -> Self {
        let fetch = self.fetch(method, path);
        let is_asked = |(one, other, _): &(Asked, Fetch, _)| (*one, other) == (asked, &fetch);
        if asked == Asked::TooOften || !self.asked.iter().any(is_asked) {
            self.asked.push((asked, fetch, Vec::new()));
        }
        self
    }

    fn fetch(&self, method: &str, path: &str) -> Fetch {
        Fetch {
            method: method.to_owned(),
            path: path.to_owned(),
            credentials: self.credentials,
            ..Fetch::get(&self.page)
        }
    }

    /// Asks for everything, one after the other, and returns what a page could not read.
    ///
    /// `send` gives one request to your application. If it panics, there is no response.
    ///
    /// # Panics
    ///
    /// If nothing is to be asked, or a path cannot stand in a request.
    pub async fn check<B, F>(&self, mut send: F) -> Gaps
    where
        F: AsyncFnMut(http::Request<Vec<u8>>) -> http::Response<B>,
    {
        let send = async |request| Ok::<_, Infallible>(send(request).await);
        let Ok(gaps) = self.try_check(send).await;
        gaps
    }

    /// The same over a network that can fail.
    ///
    /// # Errors
    ///
    /// The first of `send`; nothing is sent after it.
    ///
    /// # Panics
    ///
    /// As [`check`](Self::check).
    pub async fn try_check<B, E, F>(&self, mut send: F) -> Result<Gaps, E>
    where
        F: AsyncFnMut(http::Request<Vec<u8>>) -> Result<http::Response<B>, E>,
    {
        assert!(!self.asked.is_empty(), "name a path to ask for");
        let mut found = Vec::new();
        for (asked, fetch, body) in &self.asked {
            let request = self.request(*asked, fetch);
            let mut response = pin!(send(typed(&request, body)));
            let response = poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| response.as_mut().poll(context))) {
                    Ok(poll) => poll.map(Some),
                    Err(_) => Poll::Ready(None),
                }
            });
            let response = response.await.transpose()?;
            let response = response.as_ref().map(untyped);
            found.extend(self.gap(*asked, fetch, &request, response.as_ref()));
        }
        Ok(Gaps {
            found,
            requests: self.asked.len(),
        })
    }

    fn request(&self, asked: Asked, fetch: &Fetch) -> Request {
        match asked {
            Asked::Preflight => fetch.preflight(),
            Asked::OtherMethod => Request {
                method: self.other_method.clone(),
                ..fetch.actual()
            },
            _ => fetch.actual(),
        }
    }

    fn gap(
        &self,
        asked: Asked,
        fetch: &Fetch,
        request: &Request,
        response: Option<&Response>,
    ) -> Option<Gap> {
        let failure = response.and_then(|response| fetch.check(response).err());
        let status = response.map(|response| response.status);
        let is_ok = match asked {
            Asked::Preflight => status.is_some_and(|status| (200..=299).contains(&status)),
            _ => status.is_some(),
        };
        if is_ok && failure.is_none() {
            return None;
        }
        Some(Gap {
            asked,
            request: format!("{} {}", request.method, request.path),
            status,
            failure,
            framework: self.framework,
        })
    }
}

fn typed(request: &Request, body: &[u8]) -> http::Request<Vec<u8>> {
    let builder = http::Request::builder()
        .method(request.method.as_str())
        .uri(&request.path);
    // A cookie that means nothing to the application would be none of its own.
    let lines = request.lines.iter().filter(|line| line.name != "cookie");
    let builder = lines.fold(builder, |builder, line| {
        builder.header(line.name.as_str(), line.value.as_slice())
    });
    let builder = match body.len() {
        0 => builder,
        length => builder
            .header("content-length", length)
            .header("content-type", "text/plain"),
    };
    builder
        .body(body.to_vec())
        .unwrap_or_else(|error| panic!("\"{}\" cannot be asked for: {error}", request.path))
}

fn untyped<B>(response: &http::Response<B>) -> Response {
    Response {
        status: response.status().as_u16(),
        lines: response
            .headers()
            .iter()
            .map(|(name, value)| Line::new(name.as_str(), value))
            .collect(),
        body: Vec::new(),
    }
}
