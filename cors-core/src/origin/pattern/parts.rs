//! The parts of an origin or a pattern.

use crate::bytes::{contains, cut, find};

/// `scheme://host` and the rest: nothing, or a port with its colon.
pub(in crate::origin) struct Parts<'a> {
    pub(in crate::origin) scheme: &'a [u8],
    pub(super) host: &'a [u8],
    pub(in crate::origin) port: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Of a text that contains `://`.
    pub(in crate::origin) const fn of(text: &'a [u8]) -> Self {
        let scheme_end = find(text, b':', 0);
        let start = scheme_end + 3;
        // The colons of an IPv6 address stand inside its brackets.
        let bracket = match cut(text, start, text.len()) {
            [b'[', ..] => find(text, b']', start),
            _ => start,
        };
        let end = find(text, b':', bracket);
        Self {
            scheme: cut(text, 0, scheme_end),
            host: cut(text, start, end),
            port: cut(text, end, text.len()),
        }
    }

    pub(in crate::origin) const fn has_subdomains(&self) -> bool {
        matches!(self.host, [b'*', b'.', ..])
    }

    pub(super) const fn has_wildcard(&self) -> bool {
        contains(self.host, b'*')
    }

    pub(super) const fn wildcard(&self) -> Wildcard<'a> {
        let star = find(self.host, b'*', 0);
        if star == self.host.len() {
            return Wildcard::None;
        }
        let (before, rest) = (
            cut(self.host, 0, star),
            cut(self.host, star + 1, self.host.len()),
        );
        match (before, rest) {
            ([], []) => Wildcard::AnyHost,
            ([], [b'.', ..]) => Wildcard::Subdomains,
            _ => {
                let dot = find(rest, b'.', 0);
                Wildcard::Label(Label {
                    before,
                    behind: cut(rest, 0, dot),
                    base: cut(rest, dot + 1, rest.len()),
                })
            }
        }
    }

    pub(in crate::origin) const fn has_any_port(&self) -> bool {
        matches!(self.port, b":*")
    }

    /// The host, without the `*` before its first dot.
    pub(in crate::origin) const fn suffix(&self) -> &'a [u8] {
        match self.host {
            [b'*', suffix @ ..] => suffix,
            host => host,
        }
    }

    /// The host behind the label with the `*`; all of it if there is none.
    pub(in crate::origin) const fn base(&self) -> &'a [u8] {
        if !self.has_wildcard() {
            return self.host;
        }
        let dot = find(self.host, b'.', find(self.host, b'*', 0));
        cut(self.host, dot + 1, self.host.len())
    }
}

/// What the `*` in a host stands for.
pub(super) enum Wildcard<'a> {
    /// There is none.
    None,
    /// `*.` and what is behind it: one or more labels.
    Subdomains,
    /// A part of the first label.
    Label(Label<'a>),
    /// `*` alone.
    AnyHost,
}

/// A first label with a `*`, and what is behind its dot.
pub(super) struct Label<'a> {
    pub(super) before: &'a [u8],
    pub(super) behind: &'a [u8],
    pub(super) base: &'a [u8],
}
