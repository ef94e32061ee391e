//! Domains under which anyone can register one.

use super::host;

#[cfg(feature = "public-suffix")]
mod table;

/// Subdomains of this domain, or theirs, belong to different people.
pub(super) const fn is_everybodys(domain: &[u8]) -> bool {
    host::is_single_label(domain) || is_listed(host::without_final_dot(domain))
}

#[cfg(feature = "public-suffix")]
const fn is_listed(domain: &[u8]) -> bool {
    table::is_listed(domain)
}

#[cfg(not(feature = "public-suffix"))]
const fn is_listed(_: &[u8]) -> bool {
    false
}
