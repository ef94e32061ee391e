//! The headers of an exchange, as a proxy hands them over: pairs, with names in lower case.

use std::sync::Arc;

use cors_core::{
    Edits, PreparedValue, RequestField, RequestHeaders, ResponseField, ResponseHeaders,
};

/// A header value. Its clones are reference counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Arc<[u8]>);

impl Value {
    /// The bytes on the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PreparedValue for Value {
    type Ready = ();

    fn from_static(text: &'static str) -> Self {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Self {
        Self(text.as_bytes().into())
    }

    fn ready(_: Edits, _: &[Self; ResponseField::ALL.len()]) {}
}

/// The headers of a request, with the pseudo-headers of HTTP/2, which proxies give for every version.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r>(pub &'r [(String, Vec<u8>)]);

impl<'r> Request<'r> {
    fn all(self, name: &'static str) -> impl Iterator<Item = &'r [u8]> {
        let lines = self.0.iter().filter(move |(own, _)| own == name);
        lines.map(|(_, value)| value.as_slice())
    }

    fn one(self, name: &'static str) -> &'r [u8] {
        self.all(name).next().unwrap_or_default()
    }
}

impl RequestHeaders for Request<'_> {
    type Value = Value;

    fn method(&self) -> &[u8] {
        self.one(":method")
    }

    fn path(&self) -> &[u8] {
        let target = self.one(":path");
        let query = target.iter().position(|byte| matches!(byte, b'?' | b'#'));
        target
            .get(..query.unwrap_or(target.len()))
            .unwrap_or(target)
    }

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        self.all(match field {
            // Envoy has made it of the `Host` header, if there was one.
            RequestField::Host => ":authority",
            _ => field.name(),
        })
    }

    fn values(&self, field: RequestField) -> impl Iterator<Item = Value> {
        self.all(field.name()).map(|line| Value(line.into()))
    }
}

/// A change to a response, in the order in which the proxy is to make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Remove all lines of the header.
    Remove(String),
    /// Add a line.
    Add(&'static str, Value),
}

/// The headers of a response, and the changes to them.
#[derive(Clone, Debug)]
pub struct Response<'r> {
    pairs: &'r [(String, Vec<u8>)],
    /// What is to be changed.
    pub changes: Vec<Change>,
}

impl<'r> Response<'r> {
    /// The response with these headers.
    #[must_use]
    pub const fn of(pairs: &'r [(String, Vec<u8>)]) -> Self {
        Self {
            pairs,
            changes: Vec::new(),
        }
    }
}

impl ResponseHeaders for Response<'_> {
    type Value = Value;

    fn value(text: &'static str) -> Value {
        Value::from_static(text)
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.pairs.iter().for_each(|(name, _)| tell(name));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let lines = self.pairs.iter().filter(|(name, _)| name == "vary");
        lines.for_each(|(_, value)| tell(value));
    }

    fn append(&mut self, field: ResponseField, value: Value) {
        self.changes.push(Change::Add(field.name(), value));
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let mut removed: Vec<&str> = Vec::new();
        for (name, _) in self.pairs {
            if !keep(name) && !removed.contains(&name.as_str()) {
                removed.push(name);
            }
        }
        let removed = removed
            .into_iter()
            .map(|name| Change::Remove(name.to_owned()));
        self.changes.extend(removed);
    }
}
