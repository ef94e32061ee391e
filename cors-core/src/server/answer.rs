use std::borrow::Cow;
use std::sync::Arc;

use super::prepared::{Prepared, PreparedValue};
use crate::decision::{Body, Decision, Denial, Edits, RequestHeaders, ResponseHeaders};
use crate::field::{RequestField, ResponseField};

/// What becomes of a request; borrows nothing of it.
#[derive(Debug)]
#[must_use = "an answer that is not carried out protects nobody"]
pub enum Answer<V: PreparedValue> {
    /// The handler answers; then its response is [edited](Forward::edit).
    Forward(Forward<V>),
    /// The handler is not called: this is the whole response.
    Respond(Respond<V>),
}

impl<V: PreparedValue> Answer<V> {
    /// What this decision, which is the policy's over this request, comes to.
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

/// The edits that wait for the handler's response, and what they need.
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

    /// Why the origin does not get what it asked for, if it does not.
    #[must_use]
    pub const fn denial(&self) -> Option<Denial> {
        self.edits.denial()
    }

    /// Edits the response's headers, **whatever its status** and whoever made it: errors, redirects,
    /// 404 and 405 too.
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

/// A response that no handler gives.
#[derive(Debug)]
#[must_use = "a refusal that is not sent protects nobody"]
pub struct Respond<V: PreparedValue> {
    prepared: Arc<Prepared<V>>,
    status: u16,
    body: Body,
    edits: Edits,
}

impl<V: PreparedValue> Respond<V> {
    /// The policy's [ok status](https://fetch.spec.whatwg.org/#ok-status), or 403.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The body, which goes out as `text/plain; charset=utf-8` if it is not empty; `request` is the
    /// one that is answered.
    #[must_use]
    pub fn body(&self, request: &impl RequestHeaders) -> Cow<'static, str> {
        self.prepared.policy().text_of(self.body, request)
    }

    /// What is done to a response without any headers.
    #[must_use]
    pub const fn edits(&self) -> Edits {
        self.edits
    }

    /// Whose answer it is.
    #[must_use]
    pub fn prepared(&self) -> &Prepared<V> {
        &self.prepared
    }

    /// Writes the headers of the response; `request` is the one that is answered.
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
