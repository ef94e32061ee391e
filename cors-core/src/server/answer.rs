use std::borrow::Cow;
use std::sync::Arc;

use super::prepared::{Prepared, PreparedValue};
use crate::decision::{Body, Decision, Denial, Edits, RequestHeaders, ResponseHeaders};
use crate::field::{RequestField, ResponseField};

/// What to do with a request. It borrows nothing from it.
#[derive(Debug)]
#[must_use = "an answer that is not carried out protects nobody"]
pub enum Answer<V: PreparedValue> {
    /// Call the handler, then [edit](Forward::edit) its response.
    Forward(Forward<V>),
    /// Don't call the handler: this is the whole response.
    Respond(Respond<V>),
}

impl<V: PreparedValue> Answer<V> {
    /// Prepares the answer that follows from this decision, which the policy made about this request.
    #[inline]
    pub fn of(
        prepared: Arc<Prepared<V>>,
        decision: Decision,
        request: &impl RequestHeaders<Value = V>,
    ) -> Self {
        match decision {
            Decision::Forward(edits) => Self::Forward(Forward::new(prepared, edits, request)),
            Decision::Respond {
                status,
                body,
                edits,
            } => Self::Respond(Respond {
                prepared,
                status,
                body,
                edits,
            }),
        }
    }
}

/// The edits to make to the handler's response, with everything they need.
#[derive(Clone, Debug)]
#[must_use = "a response that is not edited is shared with nobody, or with everybody"]
pub struct Forward<V: PreparedValue> {
    prepared: Arc<Prepared<V>>,
    edits: Edits,
    /// The one thing of the request that is echoed.
    origin: Option<V>,
}

impl<V: PreparedValue> Forward<V> {
    #[inline]
    fn new(
        prepared: Arc<Prepared<V>>,
        edits: Edits,
        request: &impl RequestHeaders<Value = V>,
    ) -> Self {
        let origin = match edits.sets().all_echoed().has(ResponseField::AllowOrigin) {
            true => request.values(RequestField::Origin).next(),
            false => None,
        };
        Self {
            prepared,
            edits,
            origin,
        }
    }

    /// Why the request is denied, if it is.
    #[must_use]
    pub const fn denial(&self) -> Option<Denial> {
        self.edits.denial()
    }

    /// Edits the response's headers. Do it **whatever the status** and whoever made the response: errors,
    /// redirects, 404 and 405, too.
    #[inline]
    pub fn edit(self, headers: &mut (impl ResponseHeaders<Value = V> + ?Sized)) {
        let Self {
            prepared,
            edits,
            mut origin,
        } = self;
        // What is echoed once needs no clone.
        let echoed = edits.sets().all_echoed();
        let mut is_echoed_again = echoed.has(ResponseField::TimingAllowOrigin);
        edits.apply(
            headers,
            |field| prepared.value(field),
            |_| match core::mem::take(&mut is_echoed_again) {
                true => origin.clone(),
                false => origin.take(),
            },
        );
    }
}

/// A response that doesn't come from the handler.
#[derive(Debug)]
#[must_use = "a refusal that is not sent protects nobody"]
pub struct Respond<V: PreparedValue> {
    prepared: Arc<Prepared<V>>,
    status: u16,
    body: Body,
    edits: Edits,
}

impl<V: PreparedValue> Respond<V> {
    /// The status: 403, or the policy's [ok status](https://fetch.spec.whatwg.org/#ok-status).
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The body of the response to this request, to be sent as `text/plain; charset=utf-8` unless it is
    /// empty.
    #[must_use]
    pub fn body(&self, request: &impl RequestHeaders) -> Cow<'static, str> {
        self.prepared.policy().text_of(self.body, request)
    }

    /// The edits, to be made to a response without any headers.
    #[must_use]
    pub const fn edits(&self) -> Edits {
        self.edits
    }

    /// The policy that made it.
    #[must_use]
    pub fn prepared(&self) -> &Prepared<V> {
        &self.prepared
    }

    /// Writes the headers of the response to this request.
    #[inline]
    pub fn edit(
        &self,
        headers: &mut (impl ResponseHeaders<Value = V> + ?Sized),
        request: &impl RequestHeaders<Value = V>,
    ) {
        self.edits.apply(
            headers,
            |field| self.prepared.value(field),
            |field| request.values(field),
        );
    }
}
