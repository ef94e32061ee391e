use super::{Audience, Policy};
use crate::field::{ResponseField, Sets};

/// What the responses under a policy say, by whom they are for: made when the policy is, so that a
/// decision only chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answers {
    /// To whoever is not listed, or sends no `Origin`: who
    /// [may fill a cache](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches) for those
    /// who do.
    pub(crate) unlisted: Sets,
    /// To a listed origin.
    pub(crate) listed: Sets,
    /// To a preflight of a listed origin that passes and asks for headers.
    pub(crate) passed: Sets,
}

impl Answers {
    pub(super) const NONE: Self = Self {
        unlisted: Sets::REMOVE_ALL,
        listed: Sets::REMOVE_ALL,
        passed: Sets::REMOVE_ALL,
    };

    /// Responses stay as they are.
    #[cfg(feature = "std")]
    pub(super) const NOTHING: Self = Self {
        unlisted: Sets::NOTHING,
        listed: Sets::NOTHING,
        passed: Sets::NOTHING,
    };

    /// Of this policy, which may have the headers that it exposes elsewhere.
    pub(super) const fn of(policy: &Policy<'_>, exposes: bool) -> Self {
        let listed = share(&policy.audience, Sets::REMOVE_ALL);
        let unlisted = match policy.audience.is_public() {
            true => Sets::REMOVE_ALL.set(ResponseField::AllowOrigin),
            false => Sets::REMOVE_ALL,
        };
        Self {
            unlisted: actual(policy, exposes, unlisted),
            listed: actual(policy, exposes, listed),
            passed: preflight(policy, listed),
        }
    }

    /// To a preflight that passes of whoever is not listed.
    pub(crate) const fn passed_unlisted(&self) -> Sets {
        self.passed
            .set(ResponseField::AllowOrigin)
            .remove(ResponseField::AllowCredentials)
    }

    /// To a preflight of an origin that is not allowed.
    pub(crate) const fn blocked_preflight(&self) -> Sets {
        match self.passed.all_set().has(ResponseField::Vary) {
            true => Sets::REMOVE_ALL.set(ResponseField::Vary),
            false => Sets::REMOVE_ALL,
        }
    }
}

/// What makes the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) succeed.
const fn share(audience: &Audience<'_>, sets: Sets) -> Sets {
    match audience {
        Audience::Public => sets.set(ResponseField::AllowOrigin),
        Audience::Anonymous(_) => sets.echo(ResponseField::AllowOrigin),
        Audience::Credentialed(_) | Audience::PublicAndCredentialed(_) => sets
            .echo(ResponseField::AllowOrigin)
            .set(ResponseField::AllowCredentials),
    }
}

const fn actual(policy: &Policy<'_>, exposes: bool, mut sets: Sets) -> Sets {
    let is_echoed = sets.all_echoed().has(ResponseField::AllowOrigin);
    let is_shared = is_echoed || sets.all_set().has(ResponseField::AllowOrigin);
    if is_shared {
        // What the handler exposed stays.
        sets = match exposes {
            true => sets.append(ResponseField::ExposeHeaders),
            false => sets.keep(ResponseField::ExposeHeaders),
        };
    }
    if policy.timing {
        // https://fetch.spec.whatwg.org/#concept-tao-check
        sets = match (is_shared, policy.audience.is_public()) {
            (true, true) => sets.set(ResponseField::TimingAllowOrigin),
            (true, false) => sets.echo(ResponseField::TimingAllowOrigin),
            (false, _) => sets.remove(ResponseField::TimingAllowOrigin),
        };
    }
    // The response depends on the origin, unless it is the same for all.
    match policy.audience {
        Audience::Public => sets,
        _ => sets.append(ResponseField::Vary),
    }
}

const fn preflight(policy: &Policy<'_>, mut sets: Sets) -> Sets {
    sets = match policy.any_method {
        true => sets.echo(ResponseField::AllowMethods),
        false => sets.set(ResponseField::AllowMethods),
    };
    sets = match policy.any_request_header {
        true => sets.echo(ResponseField::AllowHeaders),
        false => sets.set(ResponseField::AllowHeaders),
    };
    if policy.max_age.is_some() {
        sets = sets.set(ResponseField::MaxAge);
    }
    match policy.vary_on_preflight {
        true => sets.set(ResponseField::Vary),
        false => sets,
    }
}

impl Policy<'_> {
    /// What its responses say is made anew.
    pub(super) const fn answered(mut self) -> Self {
        self.answers = Answers::of(&self, !self.expose_headers.as_str().is_empty());
        self
    }
}
