use std::borrow::Cow;
use std::fmt::{self, Write};
use std::string::String;
use std::sync::Arc;

use super::answer::Answer;
use super::heap::OwnedPolicy;
use crate::decision::{Body, Decision, Edits, Refusal, RequestHeaders};
use crate::field::ResponseField;
use crate::policy::Policy;

/// A framework's header value. Implement it to write an adapter.
///
/// A value is created once for each text of a policy, and cloned for each response. A clone should cost
/// no more than a reference count.
pub trait PreparedValue: Clone + fmt::Debug {
    /// What else is prepared once: see [`ready`](Self::ready).
    type Ready: fmt::Debug;

    /// Creates a value that borrows a literal. The text is visible ASCII, spaces and tabs.
    fn from_static(text: &'static str) -> Self;

    /// Creates a value that owns a copy of a text. The text is visible ASCII, spaces and tabs.
    fn from_text(text: &str) -> Self;

    /// Prepares what the adapter needs for successful preflights; `()` if it needs nothing.
    ///
    /// `edits` are those for a preflight that asks for headers, and `values` are the policy's, by
    /// [`ResponseField::index`].
    fn ready(edits: Edits, values: &[Self; ResponseField::ALL.len()]) -> Self::Ready;
}

/// A policy together with its header values, which are created once.
///
/// An adapter keeps it in an [`Arc`], and gets the [`answer`](Self::answer) to each request from it. `V`
/// is the framework's header value.
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

    /// A clone of the header value for the policy's [`text`](OwnedPolicy::text) for this header.
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

    /// What [`PreparedValue::ready`] prepared.
    #[must_use]
    pub const fn ready(&self) -> &V::Ready {
        &self.ready
    }

    /// Decides what to do with a request, before anything else sees it. Costs as much as
    /// [`Policy::decide`], and does not allocate. A denial is [logged](OwnedPolicy::tell).
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

/// From a `static`.
impl<V: PreparedValue> From<&'static Policy<'static>> for Prepared<V> {
    fn from(policy: &'static Policy<'static>) -> Self {
        (*policy).into()
    }
}

impl OwnedPolicy {
    /// The text of the body of a response to this request.
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

    /// Decides what happens to a framework's request; see [`Policy::decide`].
    #[inline]
    pub fn decide_for(&self, request: &impl RequestHeaders) -> Decision {
        self.decide(request.method(), |field| request.lines(field))
    }

    /// Logs a denial as a `tracing` event with the target `cors`. Without the feature `tracing`, or if
    /// the request isn't denied, it does nothing.
    ///
    /// | field of the event | |
    /// |---|---|
    /// | `message` | one line: [`Explanation::summary`](crate::Explanation::summary) |
    /// | `reason` | [`Denial::reason`](crate::Denial::reason) |
    /// | `origin` | the first `Origin` header |
    /// | `preflight` | whether it is a preflight |
    /// | `method` | the method that the page wants to use |
    /// | `path` | [`RequestHeaders::path`] |
    /// | `headers` | the requested headers that aren't allowed, at most eight by name |
    ///
    /// Text from the client is escaped, and cut after 100 bytes.
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
