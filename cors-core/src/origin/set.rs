use core::fmt;

/// Your own code that knows which origins are allowed: a cache in front of a database, the tenants of
/// a platform.
///
/// It must answer at once. To ask a database for each request, use an adapter's `look_up`.
///
/// ```
/// use cors_core::{OriginSet, Policy};
///
/// struct Tenants;
///
/// impl OriginSet for Tenants {
///     fn contains(&self, origin: &[u8]) -> bool {
///         // Compare whole origins: prefixes, suffixes and regular expressions let strangers in.
///         [b"https://a.example", b"https://b.example"].iter().any(|&tenant| tenant == origin)
///     }
/// }
///
/// static POLICY: Policy =
///     Policy::credentialed("https://app.example.com").and_origins(&Tenants);
/// assert!(POLICY.allows_origin(b"https://b.example"));
/// ```
///
/// A tuple, an array or a slice of sets is a set: `.and_origins(&(Tenants, Partners))`.
#[doc(alias("allowed_origin_fn", "predicate"))]
pub trait OriginSet: Send + Sync {
    /// Whether the set contains this `Origin` header value.
    ///
    /// It can be anything that a client sends, up to
    /// [`Origin::MAX_LENGTH`](crate::Origin::MAX_LENGTH) bytes, but it is never `null`.
    fn contains(&self, origin: &[u8]) -> bool;
}

impl<S: OriginSet + ?Sized> OriginSet for &S {
    fn contains(&self, origin: &[u8]) -> bool {
        (**self).contains(origin)
    }
}

/// Contains the origins of all sets.
impl<S: OriginSet> OriginSet for [S] {
    fn contains(&self, origin: &[u8]) -> bool {
        self.iter().any(|set| set.contains(origin))
    }
}

/// Contains the origins of all sets.
impl<S: OriginSet, const N: usize> OriginSet for [S; N] {
    fn contains(&self, origin: &[u8]) -> bool {
        OriginSet::contains(self.as_slice(), origin)
    }
}

/// Contains the origins of all sets.
impl<A: OriginSet, B: OriginSet> OriginSet for (A, B) {
    fn contains(&self, origin: &[u8]) -> bool {
        self.0.contains(origin) || self.1.contains(origin)
    }
}

/// Contains the origins of all sets.
impl<A: OriginSet, B: OriginSet, C: OriginSet> OriginSet for (A, B, C) {
    fn contains(&self, origin: &[u8]) -> bool {
        self.0.contains(origin) || self.1.contains(origin) || self.2.contains(origin)
    }
}

/// An [`OriginSet`] that a policy refers to.
#[derive(Clone, Copy)]
pub(crate) struct Others<'a>(pub(crate) &'a dyn OriginSet);

/// The very same set.
impl PartialEq for Others<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::addr_eq(self.0, other.0)
    }
}

impl Eq for Others<'_> {}

impl fmt::Debug for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OriginSet")
    }
}
