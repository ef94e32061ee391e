use std::borrow::Cow;
use std::fmt::{self, Write};
use std::string::String;
use std::sync::Arc;

use super::answer::Answer;
use super::heap::OwnedPolicy;
use crate::decision::{Body, Decision, Edits, Refusal, RequestHeaders};
use crate::field::ResponseField;
use crate::policy::Policy;

/// A framework's header value: made once for each text of a policy, cloned for each response.
///
/// A clone should cost no more than a reference count.
pub trait PreparedValue: Clone + fmt::Debug {
    /// What else is made once: see [`ready`](Self::ready).
    type Ready: fmt::Debug;

    /// A value that borrows a text of the program. The text is visible ASCII, spaces and tabs.
    fn from_static(text: &'static str) -> Self;

    /// A value that owns a copy of a text. The text is visible ASCII, spaces and tabs.
    fn from_text(text: &str) -> Self;

    /// What an adapter wants to have ready to answer preflights that pass; `()` if it wants nothing.
    ///
    /// These are the edits of the answer to one that asks for headers, and the policy's values by
    /// [`ResponseField::index`].
    fn ready(edits: Edits, values: &[Self; ResponseField::ALL.len()]) -> Self::Ready;
}

/// A policy, and the header values that it sends, which are made here, once.
///
/// An adapter keeps it in an [`Arc`] and asks it what to [`answer`](Self::answer). `V` is the
/// framework's header value.
#[derive(Debug)]
pub struct Prepared<V: PreparedValue> {
    policy: OwnedPolicy,
    /// By the field's index.
    values: [V; ResponseField::ALL.len()],
    ready: V::Ready,
}

impl<V: PreparedValue> Prepared<V> {
    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &OwnedPolicy {
        &self.policy
    }

    /// A clone of the value of the policy's [`text`](OwnedPolicy::text) for this field.
    #[inline]
    #[must_use]
    pub fn value(&self, field: ResponseField) -> V {
        let [
            allow_origin,
            allow_credentials,
            allow_methods,
            allow_headers,
            expose_headers,
            max_age,
            vary,
            timing_allow_origin,
        ] = &self.values;
        match field {
            ResponseField::AllowOrigin => allow_origin,
            ResponseField::AllowCredentials => allow_credentials,
            ResponseField::AllowMethods => allow_methods,
            ResponseField::AllowHeaders => allow_headers,
            ResponseField::ExposeHeaders => expose_headers,
            ResponseField::MaxAge => max_age,
            ResponseField::Vary => vary,
            ResponseField::TimingAllowOrigin => timing_allow_origin,
        }
        .clone()
    }

    /// What [`PreparedValue::ready`] made.
    #[must_use]
    pub const fn ready(&self) -> &V::Ready {
        &self.ready
    }

    /// What to do with a request, before anything else sees it. Costs as much as
    /// [`Policy::decide`] and does not allocate. A denial is [told](OwnedPolicy::tell).
    #[inline]
    pub fn answer(self: Arc<Self>, request: &impl RequestHeaders<Value = V>) -> Answer<V> {
        let decision = self.policy.decide_for(request);
        self.policy.tell(decision, request);
        Answer::of(self, decision, request)
    }
}

impl<V: PreparedValue> From<OwnedPolicy> for Prepared<V> {
    fn from(policy: OwnedPolicy) -> Self {
        let values = ResponseField::ALL.map(|field| match policy.static_text(field) {
            Some(text) => V::from_static(text),
            None => V::from_text(policy.text(field)),
        });
        Self {
            ready: V::ready(policy.edits_of_preflight(), &values),
            policy,
            values,
        }
    }
}

impl<V: PreparedValue> From<Policy<'static>> for Prepared<V> {
    fn from(policy: Policy<'static>) -> Self {
        OwnedPolicy::from(policy).into()
    }
}

/// That of a `static`.
impl<V: PreparedValue> From<&'static Policy<'static>> for Prepared<V> {
    fn from(policy: &'static Policy<'static>) -> Self {
        (*policy).into()
    }
}

impl OwnedPolicy {
    /// The text of a body of the answer to a framework's request.
    pub fn text_of(&self, body: Body, request: &impl RequestHeaders) -> Cow<'static, str> {
        match body {
            Body::PreflightNotAllowed => {
                // Room for what is mostly said: to grow costs more than to write.
                let mut text = String::with_capacity(128);
                let _ = write!(text, "{}", self.refusal_of(request));
                Cow::Owned(text)
            }
            body => Cow::Borrowed(body.as_str()),
        }
    }

    pub(super) fn refusal_of<'r>(&self, request: &'r impl RequestHeaders) -> Refusal<'r> {
        self.refusal(|field| request.lines(field))
    }

    /// [`decide`](Self::decide) for a framework's request.
    #[inline]
    pub fn decide_for(&self, request: &impl RequestHeaders) -> Decision {
        self.decide(request.method(), |field| request.lines(field))
    }

    /// With the feature `tracing`, tells a denial in an event of the target `cors`; nothing without
    /// it, and of what is not denied.
    ///
    /// | field of the event | |
    /// |---|---|
    /// | `message` | one line: [`Explanation::summary`](crate::Explanation::summary) |
    /// | `reason` | [`Denial::reason`](crate::Denial::reason) |
    /// | `origin` | the first `Origin` |
    /// | `preflight` | whether it is one |
    /// | `method` | the one that the page wants to use |
    /// | `path` | [`RequestHeaders::path`] |
    /// | `headers` | the requested headers that are not allowed, at most eight by name |
    ///
    /// What the client sent is escaped, and cut after 100 bytes.
    #[inline]
    pub fn tell(&self, decision: Decision, request: &impl RequestHeaders) {
        #[cfg(feature = "tracing")]
        if let Some(denial) = decision.denial() {
            super::event::tell(self, denial, request);
        }
        #[cfg(not(feature = "tracing"))]
        let _ = (decision, request);
    }
}
