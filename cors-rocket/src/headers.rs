//! Rocket's headers, for the core. Every value is borrowed: that of a policy, that of the request.

use cors_core::{RequestField, RequestHeaders, ResponseField, ResponseHeaders};
use rocket::http::uri::Host;
use rocket::{Request, Response};

/// What a decision reads of a request.
#[derive(Clone, Copy)]
pub(crate) struct Head<'r>(pub(crate) &'r Request<'r>);

impl<'r> Head<'r> {
    /// All lines of a field that Rocket keeps: those that are UTF-8.
    #[inline]
    pub(crate) fn texts(self, field: RequestField) -> impl Iterator<Item = &'r str> {
        let authority = match field {
            RequestField::Host => self.authority(),
            _ => None,
        };
        let lines = self.0.headers().get(field.name());
        // They count for nothing where there is an authority.
        let lines = lines.filter(move |_| authority.is_none());
        authority.into_iter().chain(lines)
    }

    /// HTTP/2 has `:authority`, which counts more than a `Host` line. Rocket does not tell where it
    /// has its host from: it is that of the first line, unless that says something else.
    fn authority(self) -> Option<&'r str> {
        struct Authority(String);

        let host = self.0.host()?;
        let mut lines = self.0.headers().get(RequestField::Host.name());
        let line = lines.next().and_then(|line| Host::parse(line).ok());
        if line.as_ref() == Some(host) {
            return None;
        }
        let Authority(text) = self.0.local_cache(|| Authority(host.to_string()));
        Some(text)
    }
}

impl<'r> RequestHeaders for Head<'r> {
    type Value = &'r str;

    #[inline]
    fn method(&self) -> &[u8] {
        self.0.method().as_str().as_bytes()
    }

    #[inline]
    fn path(&self) -> &[u8] {
        self.0.uri().path().as_str().as_bytes()
    }

    #[inline]
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        self.texts(field).map(str::as_bytes)
    }

    #[inline]
    fn values(&self, field: RequestField) -> impl Iterator<Item = &'r str> {
        self.texts(field)
    }
}

/// The headers of a response.
pub(crate) struct Headers<'h, 'r>(pub(crate) &'h mut Response<'r>);

impl<'r> ResponseHeaders for Headers<'_, 'r> {
    type Value = &'r str;

    #[inline]
    fn value(text: &'static str) -> &'r str {
        text
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        for header in self.0.headers().iter() {
            tell(header.name().as_str());
        }
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        for line in self.0.headers().get(ResponseField::Vary.name()) {
            tell(line.as_bytes());
        }
    }

    fn append(&mut self, field: ResponseField, value: &'r str) {
        self.0.adjoin_raw_header(field.name(), value);
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let unwanted = |response: &Response<'_>| {
            let mut headers = response.headers().iter();
            headers
                .find(|header| !keep(header.name().as_str()))
                .map(|header| header.name().as_str().to_owned())
        };
        while let Some(name) = unwanted(self.0) {
            self.0.remove_header(&name);
        }
    }
}
