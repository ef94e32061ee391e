use core::fmt;

/// Origins that a program knows by other means than a list: a cache in front of a database, the
/// tenants of a platform.
///
/// ```
/// use cors_core::{OriginSet, Policy};
///
/// struct Tenants;
///
/// impl OriginSet for Tenants {
///     fn contains(&self, origin: &[u8]) -> bool {
///         // Compare whole origins. A prefix, a suffix or a regular expression lets strangers in.
///         [b"https://a.example", b"https://b.example"].iter().any(|&tenant| tenant == origin)
///     }
/// }
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com").and_origins(&Tenants);
/// assert!(POLICY.allows_origin(b"https://b.example"));
/// ```
pub trait OriginSet: Send + Sync {
    /// The value of one `Origin` line, byte for byte, is in the set.
    ///
    /// It can be anything that a client sends, of at most
    /// [`Origin::MAX_LENGTH`](crate::Origin::MAX_LENGTH) bytes, but is never `null`.
    fn contains(&self, origin: &[u8]) -> bool;
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
