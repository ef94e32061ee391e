//! A policy as a file: what was read from one is written as one, and read again as the same policy.

use serde::ser::{Error, Serialize, SerializeStruct, Serializer};

use super::KEYS;
use crate::bytes::is_separator;
use crate::error::PolicyErrorKind;
use crate::origin::{Dangers, Origins};
use crate::policy::{Audience, OwnedPolicy, Policy};

/// Writes the policy as a policy file, without keys that would change nothing.
///
/// ```
/// # use cors_core::Policy;
/// let policy = Policy::credentialed("https://app.example.com").methods("PUT").max_age(3600);
/// assert_eq!(
///     toml::to_string(&policy).unwrap(),
///     r#"origins = ["https://app.example.com"]
/// credentials = true
/// methods = ["PUT"]
/// max_age = 3600
/// "#,
/// );
/// ```
///
/// Some policies can't be written to a file, and are errors: those with an
/// [`OriginSet`](crate::OriginSet), and those that allow no origin.
impl Serialize for Policy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.others.is_some() {
            return Err(S::Error::custom(
                "a set of origins that is part of the program can't be written to a file",
            ));
        }
        let values = self.values();
        if values.first().is_some_and(Option::is_none) {
            return Err(S::Error::custom(
                "a policy that allows no origin can't be written to a file",
            ));
        }
        let length = values.iter().flatten().count();
        let mut written = serializer.serialize_struct("Policy", length)?;
        for (key, value) in KEYS.into_iter().zip(values) {
            match value {
                Some(value) => written.serialize_field(key, &value)?,
                None => written.skip_field(key)?,
            }
        }
        written.end()
    }
}

/// Writes the policy as a policy file, like [`Policy`].
impl<T: AsRef<str>, S: AsRef<[u32]>> Serialize for OwnedPolicy<T, S> {
    fn serialize<R: Serializer>(&self, serializer: R) -> Result<R::Ok, R::Error> {
        self.as_policy().serialize(serializer)
    }
}

impl<'a> Policy<'a> {
    /// What a file says under each of the keys, in their order; none if it need not say anything.
    fn values(&self) -> [Option<Value<'a>>; KEYS.len()] {
        let switch = |is_on: bool| is_on.then_some(Value::Switch);
        let names = |any: bool, list: &'a str| {
            (any || !list.is_empty()).then_some(Value::Names { any, list })
        };
        let (origins, has_credentials) = match self.audience {
            Audience::Public | Audience::PublicAndCredentialed(_) => (Some(Value::Any), false),
            Audience::Anonymous(origins) => (Value::of(origins), false),
            Audience::Credentialed(origins) => (Value::of(origins), true),
        };
        let credentialed = match self.audience {
            Audience::PublicAndCredentialed(origins) => Value::of(origins),
            _ => None,
        };
        let own = (!self.own_origins.is_empty()).then_some(Value::Listed(self.own_origins));
        let status = Some(self.preflight_status).filter(|&status| status != 204);
        let methods = self.methods.map_or("", |methods| methods.as_str());
        [
            origins,
            switch(has_credentials),
            credentialed,
            own,
            names(self.any_method, methods),
            names(self.any_request_header, self.request_headers.as_str()),
            names(false, self.expose_headers.as_str()),
            self.max_age.map(|age| Value::Number(age.seconds())),
            status.map(|status| Value::Number(status.into())),
            switch(self.timing),
            self.forward_denied.then_some(Value::Word("forward")),
            switch(self.vary_on_preflight),
            switch(self.debug),
            switch(self.has_danger(Dangers::NONE, PolicyErrorKind::InsecureOrigin)),
            switch(self.has_danger(
                Dangers::NONE.dangerously_allow_insecure_origins(),
                PolicyErrorKind::PublicSuffix,
            )),
            switch(self.null_allowed),
        ]
    }

    /// There is an origin that would be refused, had nothing but this been allowed by name.
    fn has_danger(&self, allowed: Dangers, danger: PolicyErrorKind) -> bool {
        let (Audience::Credentialed(origins) | Audience::PublicAndCredentialed(origins)) =
            self.audience
        else {
            return false;
        };
        let mut patterns = origins.iter();
        patterns.any(|pattern| match pattern.danger(allowed) {
            Some(PolicyErrorKind::AnyHost) => danger == PolicyErrorKind::PublicSuffix,
            found => found == Some(danger),
        })
    }
}

/// What a file says under a key.
#[derive(Clone, Copy)]
enum Value<'a> {
    Switch,
    Number(u32),
    Word(&'static str),
    Any,
    Origins(Origins<'a>),
    /// The text of a list of origins.
    Listed(&'a str),
    Names {
        any: bool,
        list: &'a str,
    },
}

impl<'a> Value<'a> {
    fn of(origins: Origins<'a>) -> Option<Self> {
        let first = origins.iter().next();
        first.map(|_| Self::Origins(origins))
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Switch => serializer.serialize_bool(true),
            Self::Number(number) => serializer.serialize_u32(number),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Any => serializer.collect_seq(["*"]),
            Self::Origins(origins) => {
                serializer.collect_seq(origins.iter().map(|pattern| pattern.as_str()))
            }
            Self::Listed(list) => {
                let words = list.split(|char: char| u8::try_from(char).is_ok_and(is_separator));
                serializer.collect_seq(words.filter(|word| !word.is_empty()))
            }
            Self::Names { any, list } => {
                // The compiler does not see that the search for a single `char` cannot panic.
                let listed = list.split([',']).map(str::trim_ascii);
                let listed = listed.filter(|name| !name.is_empty());
                serializer.collect_seq(any.then_some("*").into_iter().chain(listed))
            }
        }
    }
}
