//! What probably made a response outside of the middleware, and where to put the middleware then.

use super::{Asked, Gap};
use crate::frameworks::Framework;
use crate::suite::model_browser::CheckFailure;

/// What probably stands outside of the middleware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    Authentication,
    BodyLimit,
    RequestLimit,
    TimeOut,
    Redirect,
    Errors,
    Crash,
    NotFound,
    OtherMethods,
    Route,
    OtherCors,
}

impl Outside {
    pub(super) fn of(gap: &Gap) -> Self {
        if !matches!(gap.failure, None | Some(CheckFailure::NoAllowOrigin)) {
            return Self::OtherCors;
        }
        match (gap.status, gap.asked) {
            (None, _) => Self::Crash,
            (Some(300..=399), _) => Self::Redirect,
            (Some(401 | 403 | 407), _) => Self::Authentication,
            (Some(404 | 410), _) => Self::NotFound,
            (Some(405 | 501), _) => Self::OtherMethods,
            (Some(408 | 504), _) => Self::TimeOut,
            (Some(413), _) | (Some(400..=499), Asked::LongBody) => Self::BodyLimit,
            (Some(429 | 503), _) => Self::RequestLimit,
            (Some(500..=599), _) => Self::Errors,
            (Some(_), _) => Self::Route,
        }
    }

    pub(super) fn who(self) -> &'static str {
        match self {
            Self::Authentication => {
                "probably authentication (or a CSRF check) runs before the CORS middleware; or the \
                 application's policy does not allow this origin"
            }
            Self::BodyLimit => "probably a body size limit runs before the CORS middleware",
            Self::RequestLimit => "probably a rate limit runs before the CORS middleware",
            Self::TimeOut => "probably a timeout runs outside the CORS middleware",
            Self::Redirect => {
                "probably a redirect, for example for a trailing slash, happens before the CORS \
                 middleware; a preflight that is redirected always fails"
            }
            Self::Errors => {
                "probably errors and panics become responses outside the CORS middleware"
            }
            Self::Crash => "nothing turns the panic into a response, so the connection closes",
            Self::NotFound => {
                "probably the router's own 404: the CORS middleware is only around routes"
            }
            Self::OtherMethods => {
                "probably the router's own answer to a method that the path does not have: the CORS \
                 middleware is only around a method"
            }
            Self::Route => "probably this route is not inside of the CORS middleware",
            Self::OtherCors => {
                "probably a second CORS middleware, a proxy or the handler itself sets these headers, \
                 too"
            }
        }
    }

    pub(super) fn cure(self, framework: Option<Framework>) -> &'static str {
        match framework {
            Some(Framework::Axum) => self.axum(),
            Some(Framework::Actix) => self.actix(),
            Some(Framework::Rocket) => self.rocket(),
            Some(Framework::Warp) => self.warp(),
            Some(Framework::Envoy) | None => self.anywhere(),
        }
    }

    fn axum(self) -> &'static str {
        match self {
            Self::Authentication
            | Self::BodyLimit
            | Self::RequestLimit
            | Self::TimeOut
            | Self::Redirect
            | Self::Errors => {
                "axum: call `.layer(CorsLayer::new(..))` after the `.layer(..)` that makes this \
                 response: the layer that is added last is outermost"
            }
            Self::Crash => {
                "axum: call `.layer(CatchPanicLayer::new())` (tower-http), and after it \
                 `.layer(CorsLayer::new(..))`"
            }
            Self::NotFound => {
                "axum: call `.layer(CorsLayer::new(..))` on the whole router, after `.fallback(..)`; \
                 `.route_layer` covers no 404, and nor does a layer on a nested router: nest it by \
                 `.nest_service(path, CorsLayer::new(..).layer(router))`"
            }
            Self::OtherMethods => {
                "axum: call `.layer(CorsLayer::new(..))` on the router, after the last `.route(..)` and \
                 `.method_not_allowed_fallback(..)`; a handler and a method (`.route_layer`) see no \
                 preflight"
            }
            Self::Route => {
                "axum: call `.layer(CorsLayer::new(..))` after the last `.route(..)`, `.nest(..)` and \
                 `.merge(..)`: what is added later is outside"
            }
            Self::OtherCors => ONE,
        }
    }

    fn actix(self) -> &'static str {
        match self {
            Self::Authentication
            | Self::BodyLimit
            | Self::RequestLimit
            | Self::TimeOut
            | Self::Redirect
            | Self::Errors => {
                "actix-web: call `.wrap(Cors::new(..))` last: the middleware that is wrapped last is \
                 outermost; it must be on the `App` if the other one is"
            }
            Self::Crash => {
                "actix-web: a panic closes the connection, and no middleware gets a response: return an \
                 error from the handler"
            }
            Self::NotFound => {
                "actix-web: call `.wrap(Cors::new(..))` on the `App`: on a scope it covers the 404s below \
                 the scope's path, on a resource or a route none"
            }
            Self::OtherMethods => {
                "actix-web: call `.wrap(Cors::new(..))` on the `App`, the scope or the resource, not on a \
                 route: routes never see an OPTIONS request"
            }
            Self::Route => {
                "actix-web: call `.wrap(Cors::new(..))` on the `App`, or on this route's scope, too"
            }
            Self::OtherCors => ONE,
        }
    }

    fn rocket(self) -> &'static str {
        match self {
            Self::Crash => {
                "Rocket: it turns a panic into a 500 by itself; something between this test and Rocket \
                 panicked"
            }
            Self::OtherCors => ONE,
            _ => {
                "Rocket: `.attach(Cors::new(..))`, last: it covers every route, catcher and guard; a \
                 fairing that is attached later can remove what it set, and `Cors::mounted(..)` covers \
                 its own paths only"
            }
        }
    }

    fn warp(self) -> &'static str {
        match self {
            Self::Crash => {
                "warp: put `CatchPanicLayer` (tower-http) around `warp::service(routes)`, and around it \
                 `CorsLayer::new(..).any_body()`"
            }
            Self::TimeOut | Self::Errors => {
                "warp: put `CorsLayer::new(..)` around the layer that makes this response, and that \
                 around `warp::service(routes)`"
            }
            Self::OtherCors => ONE,
            _ => {
                "warp: wrap all filters at once, those that check tokens and limits included: \
                 `cors(POLICY, routes.or(others).recover(..))`"
            }
        }
    }

    fn anywhere(self) -> &'static str {
        match self {
            Self::OtherCors => ONE,
            Self::Crash => "turn panics into responses inside of the CORS middleware",
            _ => {
                "put the CORS middleware outermost, so that every response passes it: those of \
                 authentication, limits, error handlers and the router's own 404 and 405, too"
            }
        }
    }
}

const ONE: &str = "leave CORS to one of them, the outermost";
