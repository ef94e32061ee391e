//! The headers of a request and of a response, whatever a framework keeps them in.

use super::{Edit, Edits, vary};
use crate::field::{Fields, RequestField, ResponseField, Sets};

/// A framework's request, as far as a decision reads it. Implement it to write an adapter.
///
/// Implement it for a small type that borrows the request.
pub trait RequestHeaders {
    /// A header value: the same type as [`ResponseHeaders::Value`].
    type Value;

    /// The method, byte for byte.
    fn method(&self) -> &[u8];

    /// The path of the request target, without the query; empty if it isn't known. Only log events
    /// contain it.
    fn path(&self) -> &[u8] {
        b""
    }

    /// The values of **all** header lines of this field, in order, each as it was received: two
    /// `Origin` lines are two, not the first and not a joined one. For [`RequestField::Host`] it is
    /// the authority of the request target if it has one, else the `Host` lines.
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]>;

    /// The same lines as header values, for what the response repeats from the request. Never called
    /// with [`RequestField::Host`].
    fn values(&self, field: RequestField) -> impl Iterator<Item = Self::Value>;

    /// The host, and the port if there is one, under which the client reaches the server: the authority
    /// of the request target (`:authority` over HTTP/2), or else the `Host` header. `None` if there is
    /// neither, or more than one `Host`.
    fn authority(&self) -> Option<&str> {
        let mut lines = self.lines(RequestField::Host);
        let authority = lines.next()?;
        match lines.next() {
            Some(_) => None,
            None => core::str::from_utf8(authority).ok(),
        }
    }
}

/// A framework's response headers, which [`Edits::apply`] changes. Implement it to write an adapter.
///
/// An adapter needs this, [`RequestHeaders`], and nothing else of its own.
///
/// ```
/// use cors_core::{Policy, RequestField, Decision, ResponseField, ResponseHeaders};
///
/// /// Names and values.
/// struct Headers(Vec<(String, String)>);
///
/// impl ResponseHeaders for Headers {
///     type Value = String;
///
///     fn value(text: &'static str) -> String {
///         text.into()
///     }
///
///     fn names(&self, mut tell: impl FnMut(&str)) {
///         self.0.iter().for_each(|(name, _)| tell(name));
///     }
///
///     fn vary(&self, mut tell: impl FnMut(&[u8])) {
///         let lines = self.0.iter().filter(|(name, _)| name == "vary");
///         lines.for_each(|(_, value)| tell(value.as_bytes()));
///     }
///
///     fn append(&mut self, field: ResponseField, value: String) {
///         self.0.push((field.name().into(), value));
///     }
///
///     fn retain(&mut self, keep: impl Fn(&str) -> bool) {
///         self.0.retain(|(name, _)| keep(name));
///     }
/// }
///
/// const POLICY: Policy = Policy::anonymous("https://app.example.com");
///
/// let origin = "https://app.example.com";
/// let lines = |field| {
///     (field == RequestField::Origin).then_some(origin.as_bytes()).into_iter()
/// };
/// let Decision::Forward(edits) = POLICY.decide(b"GET", lines) else {
///     panic!("the handler runs");
/// };
/// let mut headers = Headers(vec![("access-control-allow-origin".into(), "*".into())]);
/// let text = |field| POLICY.text(field).to_owned();
/// edits.apply(&mut headers, text, |_| [origin.to_owned()]);
/// assert_eq!(
///     headers.0,
///     [
///         ("access-control-allow-origin".into(), "https://app.example.com".into()),
///         ("vary".into(), "Origin".into()),
///     ]
/// );
/// ```
pub trait ResponseHeaders {
    /// A header value.
    type Value;

    /// Creates a value from this text, which is visible ASCII.
    fn value(text: &'static str) -> Self::Value;

    /// Calls `tell` with each header's name, in upper or lower case. Repeating a name does no harm.
    fn names(&self, tell: impl FnMut(&str));

    /// Calls `tell` with the value of each `Vary` line.
    fn vary(&self, tell: impl FnMut(&[u8]));

    /// Adds a header line, and keeps those that are there.
    fn append(&mut self, field: ResponseField, value: Self::Value);

    /// Removes all lines of the headers for whose names `keep` returns false.
    fn retain(&mut self, keep: impl Fn(&str) -> bool);
}

impl Edits {
    /// Makes the edits to these headers.
    ///
    /// `text` returns the policy's [`text`](crate::Policy::text) for a header, `echoed` all lines of a
    /// request header, as they were received. Afterwards the response has no `Access-Control-*` header,
    /// known or not, that the decision doesn't allow. The handler's `Vary`, and the headers that it
    /// [exposes](https://fetch.spec.whatwg.org/#http-access-control-expose-headers), are kept.
    ///
    /// Reads the names of the response's headers once. Does not allocate by itself.
    pub fn apply<H, I>(
        self,
        headers: &mut H,
        text: impl Fn(ResponseField) -> H::Value,
        mut echoed: impl FnMut(RequestField) -> I,
    ) where
        H: ResponseHeaders + ?Sized,
        I: IntoIterator<Item = H::Value>,
    {
        let sets = self.sets;
        if sets == Sets::NOTHING {
            return;
        }
        let present = clean(sets, headers);
        for field in sets.all_echoed().iter() {
            for line in echoed(field.source()) {
                headers.append(field, line);
            }
        }
        let appended = sets.all_appended();
        for field in sets.all_set().or(appended).iter() {
            let value = match field {
                ResponseField::Vary if appended.has(field) => {
                    if present.has(field) && has_origin(headers) {
                        continue;
                    }
                    H::value(Edit::ORIGIN)
                }
                _ => text(field),
            };
            headers.append(field, value);
        }
    }
}

/// Removes what is replaced or not allowed; the fields that were there.
fn clean<H: ResponseHeaders + ?Sized>(sets: Sets, headers: &mut H) -> Fields {
    let mut present = Fields::NONE;
    headers.names(|name| present = present.or(Fields::named(name)));
    let edited = sets.all_removed().or(sets.all_set()).or(sets.all_echoed());
    let unwanted = edited.or(Fields::UNKNOWN);
    if !present.and(unwanted).is_empty() {
        headers.retain(|name| unwanted.and(Fields::named(name)).is_empty());
    }
    present
}

fn has_origin<H: ResponseHeaders + ?Sized>(headers: &H) -> bool {
    let mut found = false;
    headers.vary(|line| found |= vary::has(line, Edit::ORIGIN));
    found
}
