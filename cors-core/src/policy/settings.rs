mod origins;

use core::fmt;

use super::names::{Kind, LONGEST, MOST, Marks, Seen, error_of, normalize_method};
use super::owned::{Lists, OwnedPolicy, Repeats};
use super::text::Seconds;
use super::{Answers, Audience, HeaderNames, Policy};
use crate::error::{Found, FoundErrors, PolicyErrorKind, PolicyErrors, Setting};
use crate::origin::{Dangers, OriginIndex, OriginPattern, Origins, error_in};

/// Builds a policy that is only known at run time: from a file, the environment or a database.
///
/// ```
/// use cors_core::{OwnedPolicy, Settings};
///
/// let policy: OwnedPolicy<String, Vec<u32>> = Settings::new()
///     .origins(["https://app.example.com", "https://*.preview.example.com"])
///     .credentials(true)
///     .methods(["PUT", "DELETE"])
///     .request_headers(["content-type"])
///     .build()?;
/// # Ok::<(), cors_core::PolicyErrors<String>>(())
/// ```
///
/// The setters have the names of [`Policy`]'s, but take lists entry by entry and never fail:
/// [`build`](Self::build) returns all errors at once.
///
/// * In a list, the entry `*` means *any*.
/// * `put` and other methods that
///   [browsers turn into upper case](https://fetch.spec.whatwg.org/#concept-method-normalize) may be
///   written in lower case.
/// * A list that is set again is replaced, even if it is from a file; only the setters that start with
///   `and_` add to it.
/// * An entry that is listed twice is in the policy once, with a [warning](OwnedPolicy::warnings).
/// * A list of methods or header names that is too long is only read up to the limit.
///
/// `T` is anything that a text can be written to: `String`, `heapless::String<N>`. Nothing else is
/// allocated.
///
/// # Policy file
///
/// With the feature `serde`, settings are read from TOML, JSON or any other format that `serde` knows.
/// These are all keys:
///
/// ```toml
/// origins = ["https://app.example.com", "https://*.preview.example.com"] # ["*"]: any
/// credentials = false                                 # cookies, for all of them
/// credentialed_origins = []                           # cookies for some, if origins is ["*"]
/// own_origins = []                                    # where browsers reach this server
/// methods = ["PUT", "PATCH", "DELETE"]                # also GET, HEAD and POST; ["*"]: any
/// request_headers = ["authorization", "content-type"] # ["*"]: any but authorization
/// expose_headers = ["x-request-id"]                   # ["*"]: all, without credentials
/// max_age = 3600                                      # seconds; 0: don't cache preflights
/// preflight_status = 204                              # 200 to 299
/// timing = false                                      # Timing-Allow-Origin
/// denied = "refuse"                                   # 403; or "forward" to the handler
/// vary_on_preflight = false
/// debug = false                                       # the console names what is missing
/// dangerously_allow_insecure_origins = false
/// dangerously_allow_public_suffixes = false
/// dangerously_allow_null_origin = false
/// ```
///
/// Each key can be left out, or be `null`. Switches, `preflight_status` and `denied` are shown with their
/// defaults. An unknown key is an error.
///
/// # Errors
///
/// ```
/// use cors_core::Settings;
///
/// let errors = Settings::<String>::new()
///     .origins(["https://app.example.com/", "https://*.preview.example.com"])
///     .methods(["put", "patch"])
///     .build::<Vec<u32>>()
///     .unwrap_err();
/// assert_eq!(
///     errors.to_string(),
///     "CORS-E09: origins: \"https://app.example.com/\" ends with a slash; \
///      an origin has no path: write \"https://app.example.com\"\n\
///      CORS-E28: methods: \"patch\" is not spelled as browsers send it; \
///      methods are case-sensitive: write \"PATCH\"",
/// );
/// ```
///
/// # Origins from the environment
///
/// An environment variable such as `https://app.example.com, https://*.preview.example.com` is passed
/// as it is. It may also be `*` or empty.
///
/// ```
/// use cors_core::{OwnedPolicy, Settings};
///
/// let variable = std::env::var("CORS_ORIGINS").unwrap_or_default();
/// let policy: OwnedPolicy<String, Vec<u32>> = Settings::new()
///     .origins_text(&variable)
///     .allow_no_origins(true)
///     .build()?;
/// assert!(!policy.allows_origin(b"https://app.example.com"));
/// # Ok::<(), cors_core::PolicyErrors<String>>(())
/// ```
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not states"
)]
pub struct Settings<T> {
    text: T,
    lists: Lists,
    /// By [`Setting`]: which entry is `*`.
    any: [Option<usize>; Setting::LISTS],
    /// By [`Setting`]: why not all of it found room.
    cut: [Option<PolicyErrorKind>; Setting::LISTS],
    /// By [`Setting`]: which entries are in the list already.
    repeats: [Repeats; Setting::LISTS],
    /// So many entries the list of origins has.
    origins: usize,
    no_origins_allowed: bool,
    found: FoundErrors,
    pub(super) dangers: Dangers,
    pub(super) credentials: bool,
    pub(super) null_allowed: bool,
    pub(super) max_age: Option<u32>,
    pub(super) preflight_status: Option<u16>,
    pub(super) timing: bool,
    pub(super) forward_denied: bool,
    pub(super) vary_on_preflight: bool,
    pub(super) debug: bool,
}

/// Up to this many patterns are compared one by one; more are looked up in an index.
const FEW: usize = 8;

impl<T: Default> Default for Settings<T> {
    fn default() -> Self {
        Self {
            text: T::default(),
            lists: Lists::default(),
            any: [None; Setting::LISTS],
            cut: [None; Setting::LISTS],
            repeats: [Repeats::NONE; Setting::LISTS],
            origins: 0,
            no_origins_allowed: false,
            found: FoundErrors::NONE,
            dangers: Dangers::NONE,
            credentials: false,
            null_allowed: false,
            max_age: None,
            preflight_status: None,
            timing: false,
            forward_denied: false,
            vary_on_preflight: false,
            debug: false,
        }
    }
}

impl<T: Default + AsRef<str> + fmt::Write> Settings<T> {
    /// Empty settings: at least one origin is required.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the origins that may read responses: [patterns](OriginPattern), or `*` alone for a
    /// [public](Policy::public) policy. Replaces origins that were set before.
    #[doc(alias(
        "allow_origin",
        "allow_origins",
        "allowed_origin",
        "allowed_origins",
        "wildcard"
    ))]
    #[must_use]
    pub fn origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::Origins, origins)
    }

    /// Whether an empty list of origins is valid, and allows nobody. Without it, an empty list is an
    /// error, because a forgotten one is a common mistake.
    #[must_use]
    pub const fn allow_no_origins(mut self, allow: bool) -> Self {
        self.no_origins_allowed = allow;
        self
    }

    /// Whether pages from the origins may send cookies and other credentials; see
    /// [`Policy::credentialed`].
    #[doc(alias("allow_credentials", "supports_credentials"))]
    #[must_use]
    pub const fn credentials(mut self, allowed: bool) -> Self {
        self.credentials = allowed;
        self
    }

    /// Sets the origins that may send credentials, where `origins` is `*`; see
    /// [`Policy::and_credentialed`].
    #[must_use]
    pub fn credentialed_origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::CredentialedOrigins, origins)
    }

    /// Sets the origins at which browsers reach this server; see [`Policy::own_origins`].
    #[must_use]
    pub fn own_origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::OwnOrigins, origins)
    }

    /// Sets the methods that pages may use, in addition to `GET`, `HEAD` and `POST`; `*` for
    /// [any](Policy::any_method). See [`Policy::methods`].
    #[doc(alias("allow_methods", "allowed_methods"))]
    #[must_use]
    pub fn methods(self, methods: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::Methods, methods)
    }

    /// Sets the request headers that pages may send; `*` for [any](Policy::any_request_header), which
    /// doesn't include `authorization`: list that, too. See [`Policy::request_headers`].
    #[doc(alias("allow_headers", "allowed_headers"))]
    #[must_use]
    pub fn request_headers(self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::RequestHeaders, names)
    }

    /// Sets the response headers that pages may read; `*` for [all](Policy::expose_all). See
    /// [`Policy::expose_headers`].
    #[doc(alias = "exposed_headers")]
    #[must_use]
    pub fn expose_headers(self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list(Setting::ExposeHeaders, names)
    }

    /// Sets for how many seconds browsers may cache a preflight; see [`Policy::max_age`].
    #[must_use]
    pub const fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Sets the status of the response to a successful preflight; see [`Policy::preflight_status`].
    #[must_use]
    pub const fn preflight_status(mut self, status: u16) -> Self {
        self.preflight_status = Some(status);
        self
    }

    /// Whether allowed origins may see the detailed timing of responses; see [`Policy::timing`].
    #[must_use]
    pub const fn timing(mut self, timing: bool) -> Self {
        self.timing = timing;
        self
    }

    /// Whether the handler is called for requests from origins that aren't allowed; see
    /// [`Policy::forward_denied`].
    #[must_use]
    pub const fn forward_denied(mut self, forward: bool) -> Self {
        self.forward_denied = forward;
        self
    }

    /// Whether responses to preflights have `Vary`; see [`Policy::vary_on_preflight`].
    #[must_use]
    pub const fn vary_on_preflight(mut self, vary: bool) -> Self {
        self.vary_on_preflight = vary;
        self
    }

    /// Whether the browser's console names what a preflight fails for; see [`Policy::debug`].
    #[must_use]
    pub const fn debug(mut self, debug: bool) -> Self {
        self.debug = debug;
        self
    }

    /// Whether `http` origins may have credentials; see
    /// [`Policy::dangerously_allow_insecure_origins`].
    #[must_use]
    pub const fn dangerously_allow_insecure_origins(mut self, allow: bool) -> Self {
        self.dangers.insecure_origins = allow;
        self
    }

    /// Whether patterns that strangers can match may have credentials; see
    /// [`Policy::dangerously_allow_public_suffixes`].
    #[must_use]
    pub const fn dangerously_allow_public_suffixes(mut self, allow: bool) -> Self {
        self.dangers.public_suffixes = allow;
        self
    }

    /// Whether the origin `null` is allowed; see [`Policy::dangerously_allow_null_origin`].
    #[must_use]
    pub const fn dangerously_allow_null_origin(mut self, allow: bool) -> Self {
        self.null_allowed = allow;
        self
    }

    fn list(
        mut self,
        setting: Setting,
        entries: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let mut list = self.begin(setting);
        for entry in entries {
            list.push(entry.as_ref());
        }
        self
    }

    /// Begins a list anew.
    pub(super) fn begin(&mut self, setting: Setting) -> LastList<'_, T> {
        let end = self.text.as_ref().len();
        self.lists.set(setting, end, end);
        self.found.forget(setting);
        self.set_cut(setting, None);
        if let Some(repeats) = self.repeats.get_mut(setting as usize) {
            *repeats = Repeats::NONE;
        }
        if setting == Setting::Origins {
            self.origins = 0;
        }
        if let Some(any) = self.any.get_mut(setting as usize) {
            *any = None;
        }
        LastList::new(self, setting)
    }

    fn set_cut(&mut self, setting: Setting, why: Option<PolicyErrorKind>) {
        if let Some(cut) = self.cut.get_mut(setting as usize) {
            *cut = why;
        }
    }

    /// Builds the policy, with an [index](OriginIndex) if it lists more than 8 origins.
    ///
    /// Costs O(bytes of the texts).
    ///
    /// # Errors
    ///
    /// Returns every error found.
    ///
    /// # Panics
    ///
    /// The slots of the index are collected into an `S`. A type that panics when it is collected from
    /// too many, such as `heapless::Vec`, panics here, and when it is deserialized: use
    /// [`build_in`](Self::build_in) for it.
    #[expect(clippy::result_large_err, reason = "there is no box to put it into")]
    pub fn build<S>(self) -> Result<OwnedPolicy<T, S>, PolicyErrors<T>>
    where
        S: FromIterator<u32> + AsMut<[u32]>,
    {
        self.build_with(|length| (0..length).map(|_| 0).collect())
    }

    /// Builds the policy, with an [index](OriginIndex) in these slots if it lists more than 8 origins:
    /// for a device, where `[0; 64]` is enough for 30 origins.
    ///
    /// # Errors
    ///
    /// Returns every error found. Too few slots are an error.
    #[expect(clippy::result_large_err, reason = "there is no box to put it into")]
    pub fn build_in<S: AsMut<[u32]>>(self, slots: S) -> Result<OwnedPolicy<T, S>, PolicyErrors<T>> {
        self.build_with(|_| slots)
    }

    #[expect(clippy::result_large_err, reason = "there is no box to put it into")]
    fn build_with<S: AsMut<[u32]>>(
        mut self,
        slots: impl FnOnce(usize) -> S,
    ) -> Result<OwnedPolicy<T, S>, PolicyErrors<T>> {
        self.found.has_credentials = self.credentials;
        self.check();
        let listed = self.listed();
        let list = self.lists.of(listed, self.text.as_ref());
        let is_indexed = words(list).nth(FEW).is_some();
        let mut slots = slots(match is_indexed {
            true => OriginIndex::length(list),
            false => 0,
        });
        if is_indexed && self.found.is_empty() {
            if let Err(error) = OriginIndex::build(list, slots.as_mut()) {
                self.found.push(Found::new(error.kind(), listed));
            }
        }
        match self.found.is_empty() {
            true => {
                let frame = self.frame(is_indexed);
                Ok(OwnedPolicy::new(
                    frame,
                    self.text,
                    self.lists,
                    self.repeats,
                    slots,
                ))
            }
            false => Err(PolicyErrors::new(self.text, self.found)),
        }
    }

    fn is_any(&self, setting: Setting) -> bool {
        self.any.get(setting as usize).copied().flatten().is_some()
    }

    /// Which origins are looked up.
    fn listed(&self) -> Setting {
        let setting = Setting::CredentialedOrigins;
        match self.lists.is_empty(setting) && !self.found.has(setting) && !self.is_any(setting) {
            true => Setting::Origins,
            false => setting,
        }
    }

    /// Looks for errors that only all settings together show.
    fn check(&mut self) {
        let listed = self.listed();
        let has_credentials = self.credentials || listed == Setting::CredentialedOrigins;
        // First, because it tells words of errors, which have a place, from words of origins.
        if has_credentials {
            self.find_dangers(listed);
        }
        for (setting, cut) in Setting::ALL_LISTS.into_iter().zip(self.cut) {
            if let Some(kind) = cut {
                self.find(kind, setting);
            }
        }
        let list = self.lists.of(Setting::Origins, self.text.as_ref());
        let is_unlisted = list.trim_ascii().is_empty();
        match self.any.first().copied().flatten() {
            None if is_unlisted
                && !self.found.has(Setting::Origins)
                && !self.no_origins_allowed =>
            {
                self.find(PolicyErrorKind::NoOrigin, Setting::Origins);
            }
            Some(entry) if self.credentials || !is_unlisted => self.found.push(Found {
                entry,
                ..Found::new(PolicyErrorKind::WildcardOrigin, Setting::Origins)
            }),
            _ => {}
        }
        for setting in [Setting::OwnOrigins, Setting::CredentialedOrigins] {
            if let Some(entry) = self.any.get(setting as usize).copied().flatten() {
                self.found.push(Found {
                    entry,
                    ..Found::new(PolicyErrorKind::WildcardOrigin, setting)
                });
            }
        }
        if listed == Setting::CredentialedOrigins && !self.is_any(Setting::Origins) {
            self.find(PolicyErrorKind::NotPublic, listed);
        }
        if has_credentials {
            if self.null_allowed {
                self.find(PolicyErrorKind::NullWithCredentials, listed);
            }
            if self.is_any(Setting::ExposeHeaders) {
                self.find(
                    PolicyErrorKind::ExposeAllWithCredentials,
                    Setting::ExposeHeaders,
                );
            }
        }
        if let Some(seconds) = self
            .max_age
            .filter(|&seconds| seconds > Policy::MAX_AGE_LIMIT)
        {
            self.find_number(PolicyErrorKind::MaxAge, Setting::MaxAge, seconds);
        }
        if let Some(status) = self
            .preflight_status
            .filter(|status| !(200..300).contains(status))
        {
            self.find_number(
                PolicyErrorKind::PreflightStatus,
                Setting::PreflightStatus,
                status.into(),
            );
        }
    }

    /// A number that is wrong.
    fn find_number(&mut self, kind: PolicyErrorKind, setting: Setting, number: u32) {
        let start = self.text.as_ref().len();
        let written = write!(self.text, "{number}");
        self.found.push(Found {
            start,
            end: written.map_or(start, |()| self.text.as_ref().len()),
            ..Found::new(kind, setting)
        });
    }

    fn find(&mut self, kind: PolicyErrorKind, setting: Setting) {
        self.found.push(Found::new(kind, setting));
    }

    /// Origins that credentials make dangerous.
    fn find_dangers(&mut self, setting: Setting) {
        let text = self.text.as_ref();
        let list = self.lists.of(setting, text);
        let list_start = self.lists.start(setting);
        let known = self.found.clone();
        let mut entry = 0;
        for (start, word) in words(list) {
            let start = list_start + start;
            let is_here = |found: &&Found| {
                found.setting == setting && found.start <= start && start <= found.end
            };
            let error = known.iter().find(is_here);
            // White space made several words of an entry.
            if error.is_some_and(|error| error.start < start) {
                continue;
            }
            let danger = match OriginPattern::parse(word) {
                Ok(pattern) if error.is_none() => pattern.danger(self.dangers),
                _ => None,
            };
            if let Some(kind) = danger {
                self.found.push(Found {
                    kind,
                    setting,
                    entry,
                    start,
                    end: start + word.len(),
                    is_mendable: false,
                });
            }
            entry += 1;
        }
    }

    /// The policy without its lists.
    fn frame(&mut self, is_indexed: bool) -> Policy<'static> {
        let listed = self.listed();
        let list = self.lists.of(listed, self.text.as_ref());
        let origins = match is_indexed {
            true => Origins::INDEXED,
            false => Origins::shape(list),
        };
        let start = self.lists.start(listed);
        self.lists.set(Setting::Origins, start, start + list.len());
        let mut policy = Policy::with(match self.credentials {
            _ if listed == Setting::CredentialedOrigins => Audience::PublicAndCredentialed(origins),
            _ if self.is_any(Setting::Origins) => Audience::Public,
            true => Audience::Credentialed(origins),
            false => Audience::Anonymous(origins),
        });
        policy.null_allowed = self.null_allowed;
        let list = |setting| self.lists.of(setting, self.text.as_ref());
        policy.method_marks = Marks::of(list(Setting::Methods));
        policy.header_marks = Marks::of(list(Setting::RequestHeaders));
        policy.any_method = self.is_any(Setting::Methods);
        policy.any_request_header = self.is_any(Setting::RequestHeaders);
        if self.is_any(Setting::ExposeHeaders) {
            self.lists.set(Setting::ExposeHeaders, 0, 0);
            policy.expose_headers = HeaderNames::ALL;
        }
        policy.max_age = self.max_age.map(Seconds::new);
        policy.preflight_status = self.preflight_status.unwrap_or(policy.preflight_status);
        policy.timing = self.timing;
        policy.forward_denied = self.forward_denied;
        policy.vary_on_preflight = self.vary_on_preflight;
        policy.debug = self.debug;
        let exposes = !policy.expose_headers.as_str().is_empty()
            || !self.lists.is_empty(Setting::ExposeHeaders);
        policy.answers = Answers::of(&policy, exposes);
        policy
    }
}

/// The list at the end of the text, to which entries are added.
pub(super) struct LastList<'s, T> {
    settings: &'s mut Settings<T>,
    setting: Setting,
    /// So many it has.
    entries: usize,
    /// The names seen so far.
    seen: Seen,
}

impl<'s, T: Default + AsRef<str> + fmt::Write> LastList<'s, T> {
    const fn new(settings: &'s mut Settings<T>, setting: Setting) -> Self {
        Self {
            settings,
            setting,
            entries: 0,
            seen: Seen::NONE,
        }
    }

    /// Adds an entry.
    pub(super) fn push(&mut self, text: &str) {
        let (settings, setting, entry) = (&mut *self.settings, self.setting, self.entries);
        self.entries += 1;
        if setting == Setting::Origins {
            settings.origins = self.entries;
        }
        let is_any = text == "*";
        if let Some(any) = settings.any.get_mut(setting as usize).filter(|_| is_any) {
            *any = Some(entry);
        }
        let text = match setting {
            _ if is_any => "",
            Setting::Methods => normalize_method(text),
            _ => text,
        };
        let list = settings.lists.of(setting, settings.text.as_ref());
        let kind_of = match setting {
            _ if setting.is_of_origins() => None,
            Setting::Methods => Some(Kind::Methods),
            Setting::ExposeHeaders => Some(Kind::ExposeHeaders),
            _ => Some(Kind::RequestHeaders),
        };
        let kind = match kind_of {
            _ if is_any => None,
            None => match OriginPattern::parse(text) {
                Err(kind) => Some(kind),
                Ok(pattern) if setting == Setting::OwnOrigins && !pattern.is_exact() => {
                    Some(PolicyErrorKind::NotAnOrigin)
                }
                Ok(_) => None,
            },
            // No more of it is read.
            Some(_) if entry >= MOST || list.len() + text.len() + ", ".len() > LONGEST => {
                return settings.set_cut(setting, Some(PolicyErrorKind::ListTooLong));
            }
            Some(kind) => kind.error_in_next(&mut self.seen, list.as_bytes(), text.as_bytes()),
        };
        let list_start = settings.text.as_ref().len() - list.len();
        if let Some(PolicyErrorKind::Duplicate) = kind {
            let before = place_in(list, text, setting).unwrap_or_default();
            if let Some(repeats) = settings.repeats.get_mut(setting as usize) {
                repeats.push(entry, before, text.len());
            }
            return;
        }
        // What will only be counted needs no text.
        let text = match kind {
            Some(_) if !settings.found.keeps(setting) => "",
            _ => text,
        };
        let separator = match setting {
            // Origins are counted, so that each has a word, if only an empty one.
            _ if setting.is_of_origins() && entry > 0 => " ",
            _ if list.is_empty() || text.is_empty() => "",
            _ => ", ",
        };
        let written = settings
            .text
            .write_str(separator)
            .and_then(|()| settings.text.write_str(text));
        let end = settings.text.as_ref().len();
        settings.lists.set(setting, list_start, end);
        match (written, kind) {
            (Err(_), _) => settings.set_cut(setting, Some(PolicyErrorKind::Storage)),
            (Ok(()), Some(kind)) => settings.found.push(Found {
                kind,
                setting,
                entry,
                start: end - text.len().min(end),
                end,
                is_mendable: match kind_of {
                    None => error_in(text, kind).is_mendable(),
                    Some(list) => error_of(text, kind, list).is_mendable(),
                },
            }),
            (Ok(()), None) => {}
        }
    }
}

/// Where a name stands in a list.
fn place_in(list: &str, name: &str, setting: Setting) -> Option<usize> {
    let mut start = 0;
    // The compiler does not see that the search for a single `char` cannot panic.
    list.split([',']).find_map(|entry| {
        let begin = start + (entry.len() - entry.trim_ascii_start().len());
        start += entry.len() + 1;
        let is_it = match setting {
            Setting::Methods => entry.trim_ascii() == name,
            _ => entry.trim_ascii().eq_ignore_ascii_case(name),
        };
        is_it.then_some(begin)
    })
}

/// The words of a list and where they begin.
fn words(list: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    // The compiler does not see that the search for a single `char` cannot panic.
    list.split([' ']).map(move |word| {
        let begin = start;
        start += word.len() + 1;
        (begin, word)
    })
}
