//! Who asks: serialized origins, patterns over them, lists of patterns.

mod danger;
mod host;
mod index;
mod list;
mod nearest;
mod pattern;
mod public_suffix;
mod set;

pub use danger::Dangers;
pub(crate) use host::default_port;
pub use index::OriginIndex;
pub use list::Origins;
pub(crate) use list::error_in;
pub(crate) use nearest::Difference;
pub use pattern::OriginPattern;
pub use set::OriginSet;
pub(crate) use set::Others;

use crate::error::PolicyErrorKind;

/// An origin, exactly as a browser sends it: scheme, host and port, such as `https://app.example.com`.
///
/// In the words of the standard, it is a
/// [serialized origin](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin).
/// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) compares bytes, so each origin
/// has only one valid spelling, and this type contains no other.
///
/// # Syntax
///
/// ```text
/// origin  = scheme "://" host [ ":" port ]
/// scheme  = ( "a"-"z" ) *63( "a"-"z" / "0"-"9" / "+" / "-" / "." )      ; not "file", "ws", "wss"
/// host    = domain / IPv4 dotted quad / "[" IPv6 in RFC 5952 form "]"   ; http, https, ftp
///         / printable ASCII without  " # % * , / : < > ? @ [ \ ] ^ |    ; any other scheme
/// domain  = 1*253( "a"-"z" / "0"-"9" / "." / "_" / "-" )                ; no dot first, last label not a number
/// port    = 1-65535, no leading zero, not the scheme's default
/// ```
///
/// An IPv4 address inside an IPv6 address is written in hexadecimal (`[::ffff:7f00:1]`), because
/// that is what [browsers send](https://url.spec.whatwg.org/#concept-ipv6-serializer).
///
/// ```
/// use cors_core::{PolicyErrorKind, Origin};
///
/// const APP: Origin = match Origin::parse("https://app.example.com:8443") {
///     Ok(origin) => origin,
///     Err(_) => panic!("not an origin"),
/// };
/// assert_eq!(APP.as_str(), "https://app.example.com:8443");
/// assert_eq!(Origin::parse("https://app.example.com/"), Err(PolicyErrorKind::TrailingSlash));
/// assert_eq!(Origin::parse("https://App.example.com"), Err(PolicyErrorKind::UpperCase));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin<'a>(&'a str);

impl<'a> Origin<'a> {
    /// The length of the longest origin, in bytes: 64 for the scheme, 3 for `://`, 253 for the host, 6
    /// for the port.
    ///
    /// Anything longer is denied without reading it.
    pub const MAX_LENGTH: usize = 326;

    /// Parses an origin. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first reason why no browser would send this text as an origin.
    pub const fn parse(text: &'a str) -> Result<Self, PolicyErrorKind> {
        match OriginPattern::parse(text) {
            Ok(pattern) if pattern.is_exact() => Ok(Self(text)),
            Ok(_) => Err(PolicyErrorKind::WildcardPosition),
            Err(error) => Err(error),
        }
    }

    /// The origin as a text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}
