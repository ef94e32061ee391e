use cors_core::ResponseField;
use rocket::Request;
use rocket::http::uri::Origin;

use crate::source::Source;

/// Which policy answers for a path; managed by Rocket, so that responses can borrow its texts.
#[derive(Debug)]
pub(crate) struct Mounts {
    /// The longest prefix first.
    mounts: Vec<(Origin<'static>, Source)>,
    elsewhere: Option<Source>,
}

impl Mounts {
    /// Every error, if there is one.
    pub(crate) fn new(
        prefixes: &[(String, Source)],
        elsewhere: Option<Source>,
    ) -> Result<Self, Vec<String>> {
        let mut mounts: Vec<(Origin<'static>, _)> = Vec::with_capacity(prefixes.len());
        let mut errors = Vec::new();
        for (prefix, policy) in prefixes {
            match parse(prefix) {
                Ok(parsed) if mounts.iter().any(|(other, _)| is_same(other, &parsed)) => {
                    errors.push(format!("prefix {prefix:?} already has a policy"));
                }
                Ok(parsed) => mounts.push((parsed, policy.clone())),
                Err(error) => errors.push(error),
            }
        }
        mounts.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.path().segments().len()));
        match errors.is_empty() {
            true => Ok(Self { mounts, elsewhere }),
            false => Err(errors),
        }
    }

    /// The methods that policies list, as far as policies are known before a request is.
    pub(crate) fn methods(&self) -> impl Iterator<Item = String> {
        let sources = self.mounts.iter().map(|(_, source)| source);
        let policies = sources.chain(&self.elsewhere).filter_map(Source::known);
        policies.flat_map(|policy| {
            let methods = policy.policy().text(ResponseField::AllowMethods).split(',');
            methods
                .map(|method| method.trim_ascii().to_owned())
                .collect::<Vec<_>>()
        })
    }

    /// Where the policy for a request comes from, if its path has one.
    ///
    /// Compares what Rocket routes by: decoded segments, of which none is empty.
    pub(crate) fn source<'r>(request: &'r Request<'_>) -> Option<&'r Source> {
        let Self { mounts, elsewhere } = request.rocket().state()?;
        let mounted = mounts.iter().find(|(prefix, _)| {
            let segments = prefix.path().segments();
            segments.prefix_of(request.uri().path().segments())
        });
        match mounted {
            Some((_, source)) => Some(source),
            None => elsewhere.as_ref(),
        }
    }
}

fn is_same(one: &Origin<'_>, other: &Origin<'_>) -> bool {
    one.path().segments().eq(other.path().segments())
}

fn parse(prefix: &str) -> Result<Origin<'static>, String> {
    if !prefix.starts_with('/') {
        return Err(format!(
            "prefix {prefix:?} doesn't start with a slash; write \"/{prefix}\""
        ));
    }
    let parsed = Origin::parse_owned(prefix.to_owned())
        .map_err(|error| format!("prefix {prefix:?} is not a path: {error}"))?;
    if parsed.path().segments().is_empty() {
        return Err(format!(
            "prefix {prefix:?} matches every path; pass its policy to `Cors::new`"
        ));
    }
    let normalized = parsed.clone().into_normalized();
    match parsed.query().is_none() && parsed.path() == normalized.path() {
        true => Ok(parsed),
        false => Err(format!(
            "prefix {prefix:?} has a query or an empty segment; write \"{}\"",
            normalized.path()
        )),
    }
}
