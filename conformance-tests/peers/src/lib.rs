//! The CORS libraries that people use today, judged by the suite with policies equivalent to the
//! cases' own.
//!
//! Each is configured as a careful user does it after reading its documentation, predicates and
//! regular expressions included, and [`fair()`] judges its answers by what a browser and a cache
//! make of them. A case says nothing about a library, and is *not applicable* to it, if
//!
//! * the library's configuration cannot express the policy, or its framework lacks the method;
//! * HTTP/1.1 does not carry the request to a server;
//! * the answer differs only in what this project chose among answers that are right.

#![forbid(unsafe_code)]

mod actix;
#[cfg(feature = "envoy")]
mod envoy;
mod fair;
mod pattern;
mod rocket;
mod settings;
mod table;
mod tower;
mod warp;

use conformance_tests::App;
use conformance_tests::Case;
use conformance_tests::PolicyFile;
use conformance_tests::wire;
use conformance_tests::{Adapter, Failure, NotApplicable, Report};
use conformance_tests::{Request, Response};

#[cfg(feature = "envoy")]
pub use envoy::EnvoysFilter;
pub use fair::{Verdict, fair};
pub use table::{broken_rules, table};

/// The workspace's, which the examined libraries were built from.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// A library that people use today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// `tower_http::cors::CorsLayer`, around a router of axum.
    TowerHttp,
    /// `actix_cors::Cors`, around an application of actix-web.
    ActixCors,
    /// `rocket_cors::Cors`, as a fairing of Rocket.
    RocketCors,
    /// `warp::cors()`, around filters that recover from their rejections.
    Warp,
}

impl Peer {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::TowerHttp,
        Self::ActixCors,
        Self::RocketCors,
        Self::Warp,
    ];

    /// The name of the crate.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TowerHttp => "tower-http",
            Self::ActixCors => "actix-cors",
            Self::RocketCors => "rocket_cors",
            Self::Warp => "warp",
        }
    }

    /// The version that was built into this program.
    ///
    /// # Panics
    ///
    /// If `Cargo.lock` does not have exactly one version of the crate.
    #[must_use]
    pub fn version(self) -> String {
        let lock: toml::Table = LOCK.parse().expect("Cargo.lock is TOML");
        let packages = lock["package"].as_array().expect("a list of packages");
        let mut versions = packages
            .iter()
            .filter(|package| package["name"].as_str() == Some(self.name()))
            .filter_map(|package| package["version"].as_str());
        match (versions.next(), versions.next()) {
            (Some(version), None) => version.to_owned(),
            _ => panic!("not one version of {} in Cargo.lock", self.name()),
        }
    }
}

impl Adapter for Peer {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        if policy.debug {
            return Err(NotApplicable::because("it has no such option"));
        }
        match self {
            Self::TowerHttp => tower::exchange(policy, app, request).await,
            Self::ActixCors => actix::exchange(policy, app, request).await,
            Self::RocketCors => rocket::exchange(policy, app, request).await,
            Self::Warp => warp::exchange(policy, app, request).await,
        }
    }
}

/// Runs all cases that HTTP/1.1 carries, and judges the answers with [`fair()`].
pub async fn examine(name: &str, adapter: &impl Adapter, cases: &[Case]) -> Report {
    let mut report = Report {
        adapter: name.to_owned(),
        ..Report::default()
    };
    for case in cases {
        match verdict(adapter, case).await {
            Verdict::Passes => report.passed += 1,
            Verdict::NotApplicable(reason) => {
                report.not_applicable.push((case.name.clone(), reason));
            }
            Verdict::Fails(differences) => report.failures.push(Failure {
                case: case.name.clone(),
                place: case.place.clone(),
                request: case.request.clone(),
                differences,
            }),
        }
    }
    report
}

async fn verdict(adapter: &impl Adapter, case: &Case) -> Verdict {
    let app = case.app();
    let exchange = async {
        wire::carries(&case.request)?;
        adapter.exchange(&case.policy, &app, &case.request).await
    };
    match exchange.await {
        Ok(response) => fair(case, &app, &response).await,
        Err(reason) => Verdict::NotApplicable(reason),
    }
}
