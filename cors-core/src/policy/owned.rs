use super::view::OwnedTexts;
use super::{Audience, HeaderNames, Methods, Policy, View, Warning, WarningKind};
#[cfg(feature = "std")]
use crate::decision::Edits;
use crate::decision::{Decision, Refusal};
use crate::error::{PolicyError, Setting};
use crate::field::{RequestField, ResponseField};
use crate::origin::{OriginSet, Origins};

/// A [`Policy`] that owns its texts: one that a program reads from a file, the environment or a
/// database.
///
/// Build it with [`Settings`](crate::Settings), read it with `serde`, or convert a `static` [`Policy`].
/// It is as immutable, checked and fast as the [policy that it contains](Self::as_policy), and has its
/// most important methods.
///
/// `T` contains the texts, and `S` the slots of an [index](crate::OriginIndex): `String` and `Vec<u32>`
/// on a server (`heap::OwnedPolicy`), `heapless::String<512>` and `[u32; 64]` on a device.
///
/// ```
/// use cors_core::{OwnedPolicy, Policy, Settings};
///
/// let read: OwnedPolicy<String, Vec<u32>> = Settings::new()
///     .origins(["https://app.example.com", "https://*.preview.example.com"])
///     .methods(["PUT", "DELETE"])
///     .build()?;
/// assert!(read.allows_origin(b"https://pr-1.preview.example.com"));
///
/// let written = OwnedPolicy::<String, Vec<u32>>::from(Policy::public());
/// assert!(written.allows_origin(b"https://anybody.example"));
/// # Ok::<(), cors_core::PolicyErrors<String>>(())
/// ```
#[derive(Clone, Debug)]
pub struct OwnedPolicy<T, S = [u32; 0]>(Texts<T, S>);

#[derive(Clone, Debug)]
enum Texts<T, S> {
    /// They are the program's.
    Static(Policy<'static>),
    /// They are here.
    Owned {
        /// The policy without its lists.
        frame: Policy<'static>,
        text: T,
        lists: Lists,
        /// By [`Setting`].
        repeats: [Repeats; Setting::LISTS],
        slots: S,
    },
}

/// The entries that stood in a list of methods or names already: the first of them, and how many
/// follow. Such a list has at most 4096, in less than 64 KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeats {
    first: Option<Repeat>,
    more: u16,
}

#[derive(Clone, Copy, Debug)]
struct Repeat {
    entry: u16,
    /// Where in the list the same stands before.
    start: u16,
    length: u16,
}

impl Repeats {
    pub(super) const NONE: Self = Self {
        first: None,
        more: 0,
    };

    pub(super) fn push(&mut self, entry: usize, start: usize, length: usize) {
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        match self.first {
            None => {
                self.first = Some(Repeat {
                    entry: short(entry),
                    start: short(start),
                    length: short(length),
                });
            }
            Some(_) => self.more = self.more.saturating_add(1),
        }
    }

    fn warning(self, setting: Setting, list: &str) -> Option<Warning<'_>> {
        let first = self.first?;
        let kind = WarningKind::Repeated {
            more: self.more.into(),
        };
        let start = usize::from(first.start);
        let text = list.get(start..start + usize::from(first.length))?;
        Some(Warning::new(kind, setting, first.entry.into(), text))
    }
}

/// Where the lists stand in the text: by [`Setting`], from and to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lists([(usize, usize); Setting::LISTS]);

impl Lists {
    pub(super) fn of<'t>(&self, setting: Setting, text: &'t str) -> &'t str {
        let span = self.0.get(setting as usize);
        span.and_then(|&(start, end)| text.get(start..end))
            .unwrap_or_default()
    }

    /// The same without a look at where characters begin.
    #[inline]
    pub(super) fn bytes_of<'t>(&self, setting: Setting, text: &'t str) -> &'t [u8] {
        let span = self.0.get(setting as usize);
        span.and_then(|&(start, end)| text.as_bytes().get(start..end))
            .unwrap_or_default()
    }

    pub(super) fn is_empty(&self, setting: Setting) -> bool {
        let span = self.0.get(setting as usize);
        span.is_none_or(|(start, end)| start >= end)
    }

    pub(super) fn start(&self, setting: Setting) -> usize {
        self.0.get(setting as usize).map_or(0, |&(start, _)| start)
    }

    pub(super) fn set(&mut self, setting: Setting, start: usize, end: usize) {
        if let Some(span) = self.0.get_mut(setting as usize) {
            *span = (start, end);
        }
    }
}

impl<T, S> OwnedPolicy<T, S> {
    pub(super) const fn new(
        frame: Policy<'static>,
        text: T,
        lists: Lists,
        repeats: [Repeats; Setting::LISTS],
        slots: S,
    ) -> Self {
        Self(Texts::Owned {
            frame,
            text,
            lists,
            repeats,
            slots,
        })
    }

    /// Also allows the origins in this set; see [`Policy::and_origins`].
    ///
    /// # Panics
    ///
    /// If the policy already has a set.
    #[must_use]
    #[track_caller]
    pub fn and_origins(self, set: &'static dyn OriginSet) -> Self {
        match self.try_and_origins(set) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// Like [`and_origins`](Self::and_origins), but returns the error.
    ///
    /// # Errors
    ///
    /// If the policy already has a set.
    pub fn try_and_origins(
        mut self,
        set: &'static dyn OriginSet,
    ) -> Result<Self, PolicyError<'static>> {
        let (Texts::Static(policy) | Texts::Owned { frame: policy, .. }) = &mut self.0;
        *policy = policy.try_and_origins(set)?;
        Ok(self)
    }
}

impl<T: AsRef<str>, S: AsRef<[u32]>> OwnedPolicy<T, S> {
    /// The policy, which borrows the texts. Copies a few words; does not allocate.
    #[must_use]
    pub fn as_policy(&self) -> Policy<'_> {
        let (frame, text, lists, slots) = match &self.0 {
            Texts::Static(policy) => return *policy,
            Texts::Owned {
                frame,
                text,
                lists,
                slots,
                ..
            } => (frame, text.as_ref(), lists, slots.as_ref()),
        };
        let list = |setting| lists.of(setting, text);
        let origins = |origins: Origins<'static>| origins.with_text(list(Setting::Origins), slots);
        let mut policy = Policy {
            audience: match frame.audience {
                Audience::Public => Audience::Public,
                Audience::Anonymous(frame) => Audience::Anonymous(origins(frame)),
                Audience::Credentialed(frame) => Audience::Credentialed(origins(frame)),
                Audience::PublicAndCredentialed(frame) => {
                    Audience::PublicAndCredentialed(origins(frame))
                }
            },
            own_origins: list(Setting::OwnOrigins),
            request_headers: HeaderNames::checked(list(Setting::RequestHeaders)),
            ..*frame
        };
        if !list(Setting::Methods).is_empty() {
            policy.methods = Some(Methods::checked(list(Setting::Methods)));
        }
        if !list(Setting::ExposeHeaders).is_empty() {
            policy.expose_headers = HeaderNames::checked(list(Setting::ExposeHeaders));
        }
        policy
    }

    /// The [warnings](Policy::warnings) of the policy, and one for entries that the
    /// [`Settings`](crate::Settings) list twice.
    pub fn warnings(&self) -> impl Iterator<Item = Warning<'_>> {
        let repeats = match &self.0 {
            Texts::Static(_) => None,
            Texts::Owned {
                text,
                lists,
                repeats,
                ..
            } => Some((text.as_ref(), lists, repeats)),
        };
        let settings = [
            Setting::Methods,
            Setting::RequestHeaders,
            Setting::ExposeHeaders,
        ];
        let repeated = repeats.into_iter().flat_map(move |(text, lists, repeats)| {
            settings.into_iter().filter_map(move |setting| {
                let repeats = repeats.get(setting as usize)?;
                repeats.warning(setting, lists.of(setting, text))
            })
        });
        self.as_policy().warnings().chain(repeated)
    }

    /// Decides what happens to a request; see [`Policy::decide`].
    #[inline]
    pub fn decide<'r, I>(&self, method: &[u8], lines: impl Fn(RequestField) -> I) -> Decision
    where
        I: Iterator<Item = &'r [u8]>,
    {
        self.view().decide(method, lines)
    }

    /// The edits of the answer to a preflight of a listed origin that passes and asks for headers:
    /// what an adapter can keep ready.
    #[cfg(feature = "std")]
    pub(crate) fn edits_of_preflight(&self) -> Edits {
        Edits::new(self.view().policy.answers.passed)
    }

    #[inline]
    fn view(&self) -> View<'_> {
        match &self.0 {
            Texts::Static(policy) => View::of(policy),
            Texts::Owned {
                frame,
                text,
                lists,
                slots,
                ..
            } => View::of_owned(
                frame,
                OwnedTexts {
                    text: text.as_ref(),
                    lists,
                    slots: slots.as_ref(),
                },
            ),
        }
    }

    /// The policy's own value of a response header; see [`Policy::text`].
    #[must_use]
    pub fn text(&self, field: ResponseField) -> &str {
        let setting = match field {
            ResponseField::AllowMethods => Some(Setting::Methods),
            ResponseField::AllowHeaders => Some(Setting::RequestHeaders),
            ResponseField::ExposeHeaders => Some(Setting::ExposeHeaders),
            _ => None,
        };
        let (frame, list) = match (&self.0, setting) {
            (Texts::Static(policy), _) => (policy, ""),
            (Texts::Owned { frame, .. }, None) => (frame, ""),
            (
                Texts::Owned {
                    frame, text, lists, ..
                },
                Some(setting),
            ) => (frame, lists.of(setting, text.as_ref())),
        };
        match list {
            "" => frame.text(field),
            list => list,
        }
    }

    /// Whether this `Origin` header value is allowed; see [`Policy::allows_origin`].
    #[must_use]
    pub fn allows_origin(&self, origin: &[u8]) -> bool {
        self.view().allows_origin(origin)
    }

    /// Whether pages from this `Origin` header value may send cookies and read the response; see
    /// [`Policy::allows_credentials`].
    #[must_use]
    pub fn allows_credentials(&self, origin: &[u8]) -> bool {
        self.view().allows_credentials(origin)
    }

    /// What a preflight from an allowed origin fails for; see [`Policy::refusal`].
    #[must_use]
    pub fn refusal<'r, I>(&self, lines: impl Fn(RequestField) -> I) -> Refusal<'r>
    where
        I: Iterator<Item = &'r [u8]>,
    {
        self.view().refusal(lines)
    }

    /// [`text`](Self::text), if it is a literal: then it need not be copied. The digits
    /// of a max-age are none.
    #[cfg(feature = "std")]
    pub(crate) fn static_text(&self, field: ResponseField) -> Option<&'static str> {
        match (&self.0, field) {
            (Texts::Static(_), ResponseField::MaxAge) | (Texts::Owned { .. }, _) => None,
            (Texts::Static(policy), _) => Some(policy.borrowed_text(field)),
        }
    }
}

/// Doesn't copy the texts.
impl<T, S> From<Policy<'static>> for OwnedPolicy<T, S> {
    fn from(policy: Policy<'static>) -> Self {
        Self(Texts::Static(policy))
    }
}

/// From a `static`.
impl<T, S> From<&'static Policy<'static>> for OwnedPolicy<T, S> {
    fn from(policy: &'static Policy<'static>) -> Self {
        (*policy).into()
    }
}
