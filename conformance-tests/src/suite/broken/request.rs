//! What a broken adapter takes the policy and the request for.

use super::Broken;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::{Denied, PolicyFile};

/// <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-mode-header>
const MODES: [&[u8]; 6] = [
    b"cors",
    b"navigate",
    b"no-cors",
    b"same-origin",
    b"websocket",
    b"webtransport",
];

impl Broken {
    /// The policy and the request, as it understands them.
    pub(super) fn mistake(self, policy: &PolicyFile, request: &Request) -> (PolicyFile, Request) {
        let mut policy = policy.clone();
        let mut asked = request.clone();
        match self {
            Self::ForwardsDenied => policy.denied = Denied::Forward,
            Self::ReadsFirstOriginLine => keep_first(&mut asked, "origin"),
            Self::ReadsFirstRequestHeadersLine => {
                keep_first(&mut asked, "access-control-request-headers");
            }
            Self::FoldsCase => map_origin(&mut asked, |origin| Some(origin.to_ascii_lowercase())),
            Self::MatchesPrefix => map_origin(&mut asked, |origin| {
                listed(&policy).find(|listed| origin.starts_with(listed.as_bytes()))
            }),
            Self::MatchesSuffix => map_origin(&mut asked, |origin| {
                let mut patterns = policy.origins.iter();
                let base = patterns.find_map(|one| one.strip_prefix("https://*."))?;
                let matches = origin.starts_with(b"https://") && origin.ends_with(base.as_bytes());
                matches.then(|| format!("https://a.{base}"))
            }),
            Self::EchoesAnyOrigin => map_origin(&mut asked, |_| listed(&policy).next()),
            Self::NeedsNoOrigin if asked.values("origin").next().is_none() => {
                let origin = listed(&policy).next().unwrap_or_default();
                asked.lines.push(Line::new("origin", origin));
            }
            Self::RefusesSameOrigin => asked
                .lines
                .retain(|line| line.name != "host" && !line.name.starts_with("sec-fetch-")),
            Self::GivesCredentialsToAnyOrigin => map_origin(&mut asked, |_| {
                let mut origins = policy.credentialed_origins.iter();
                origins.find(|origin| !origin.contains('*')).cloned()
            }),
            Self::LetsLabelsHaveDots => map_origin(&mut asked, |origin| {
                let mut patterns = policy.origins.iter().filter_map(|one| one.split_once('*'));
                let (before, behind) = patterns.find(|(before, behind)| {
                    !before.ends_with(['/', ':'])
                        && origin.len() > before.len() + behind.len()
                        && origin.starts_with(before.as_bytes())
                        && origin.ends_with(behind.as_bytes())
                })?;
                Some(format!("{before}x{behind}"))
            }),
            Self::ExemptsUnknownModes => {
                for line in &mut asked.lines {
                    let is_mode = line.name == "sec-fetch-mode";
                    if is_mode && !MODES.contains(&line.value.as_slice()) {
                        line.value = b"no-cors".into();
                    }
                }
            }
            Self::BelievesForwardedHost => {
                if let Some(host) = request.values("x-forwarded-host").next() {
                    asked.lines.retain(|line| line.name != "host");
                    asked.lines.push(Line::new("host", host));
                }
            }
            Self::SharesWithOwnOrigins => {
                policy.origins.append(&mut policy.own_origins);
                policy.dangerously_allow_insecure_origins = true;
            }
            _ => {}
        }
        (policy, asked)
    }
}

fn listed(policy: &PolicyFile) -> impl Iterator<Item = String> {
    policy
        .origins
        .iter()
        .filter(|origin| !origin.contains('*'))
        .cloned()
}

fn keep_first(request: &mut Request, name: &str) {
    let mut lines = 0;
    request.lines.retain(|line| {
        lines += usize::from(line.name == name);
        line.name != name || lines == 1
    });
}

fn map_origin<T: Into<Vec<u8>>>(request: &mut Request, map: impl Fn(&[u8]) -> Option<T>) {
    for line in &mut request.lines {
        if line.name == "origin"
            && let Some(origin) = map(&line.value)
        {
            line.value = origin.into();
        }
    }
}

/// The answer speaks of the origin that asked, not of the one that it was taken for.
pub(super) fn restore_origin(request: &Request, response: &mut Response) {
    let Some(origin) = request.values("origin").next() else {
        return;
    };
    for line in &mut response.lines {
        if line.name == "access-control-allow-origin" && line.value != b"*" {
            line.value = origin.to_vec();
        }
    }
}
