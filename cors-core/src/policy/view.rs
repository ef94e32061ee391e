use super::owned::Lists;
use super::{Audience, Policy};
use crate::error::Setting;
use crate::origin::Origins;

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

    /// See [`Policy::allows_origin`].
    #[inline]
    pub(crate) fn allows_origin(self, origin: &[u8]) -> bool {
        match &self.policy.audience {
            Audience::Public | Audience::PublicAndCredentialed(_) => true,
            Audience::Anonymous(origins) | Audience::Credentialed(origins) => {
                self.lists(origins, origin)
            }
        }
    }

    /// See [`Policy::allows_credentials`].
    #[inline]
    pub(crate) fn allows_credentials(self, origin: &[u8]) -> bool {
        match &self.policy.audience {
            Audience::Public | Audience::Anonymous(_) => false,
            Audience::Credentialed(origins) | Audience::PublicAndCredentialed(origins) => {
                self.lists(origins, origin)
            }
        }
    }

    #[inline]
    pub(crate) fn lists(self, origins: &Origins<'_>, origin: &[u8]) -> bool {
        let (list, slots) = match self.owned {
            None => (origins.text().as_bytes(), None),
            Some(texts) => {
                let list = texts.lists.bytes_of(Setting::Origins, texts.text);
                (list, Some(texts.slots))
            }
        };
        origins.contains_in(list, slots, origin) || self.policy.allows_unlisted(origin)
    }

    /// It is one of the origins at which browsers reach this server.
    #[inline]
    pub(crate) fn is_own(self, origin: &[u8]) -> bool {
        let list = match self.owned {
            None => self.policy.own_origins.as_bytes(),
            Some(texts) => texts.lists.bytes_of(Setting::OwnOrigins, texts.text),
        };
        !list.is_empty() && Origins::has_exact(list, origin)
    }
}
