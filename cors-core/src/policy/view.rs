use super::owned::Lists;
use super::{Audience, Policy};
use crate::error::Setting;

/// A policy, wherever its lists are: in the policy itself, or in a text of its owner.
///
/// Texts are found when they are needed: hardly any decision needs all of them.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) policy: &'a Policy<'a>,
    owned: Option<OwnedTexts<'a>>,
}

#[derive(Clone, Copy)]
pub(super) struct OwnedTexts<'a> {
    pub(super) text: &'a str,
    pub(super) lists: &'a Lists,
    pub(super) slots: &'a [u32],
}

impl<'a> View<'a> {
    pub(crate) const fn of(policy: &'a Policy<'a>) -> Self {
        Self {
            policy,
            owned: None,
        }
    }

    pub(super) const fn of_owned(frame: &'a Policy<'a>, texts: OwnedTexts<'a>) -> Self {
        Self {
            policy: frame,
            owned: Some(texts),
        }
    }

    /// The methods that the policy lists; empty if it lists none.
    #[inline]
    pub(crate) fn methods(&self) -> &'a [u8] {
        match self.owned {
            Some(texts) => texts.lists.bytes_of(Setting::Methods, texts.text),
            None => match &self.policy.methods {
                Some(methods) => methods.as_str().as_bytes(),
                None => b"",
            },
        }
    }

    /// The request headers that the policy lists; empty if it lists none.
    #[inline]
    pub(crate) fn request_headers(&self) -> &'a [u8] {
        match self.owned {
            Some(texts) => texts.lists.bytes_of(Setting::RequestHeaders, texts.text),
            None => self.policy.request_headers.as_str().as_bytes(),
        }
    }

    /// There are response headers that scripts may read.
    #[inline]
    pub(crate) fn exposes(self) -> bool {
        let is_listed = |texts: OwnedTexts<'_>| !texts.lists.is_empty(Setting::ExposeHeaders);
        !self.policy.expose_headers.as_str().is_empty() || self.owned.is_some_and(is_listed)
    }

    /// See [`Policy::allows_origin`].
    #[inline]
    pub(crate) fn allows_origin(self, origin: &[u8]) -> bool {
        match &self.policy.audience {
            Audience::Public => true,
            Audience::Anonymous(origins) | Audience::Credentialed(origins) => {
                let is_listed = match self.owned {
                    None => origins.contains(origin),
                    Some(texts) => {
                        let list = texts.lists.bytes_of(Setting::Origins, texts.text);
                        origins.contains_in(list, Some(texts.slots), origin)
                    }
                };
                is_listed || self.policy.allows_unlisted(origin)
            }
        }
    }
}
