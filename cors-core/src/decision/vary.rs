use crate::bytes::trim;

/// The members of a `Vary` value that no line of a response has yet: what to add, as lines of
/// their own, so that nothing is lost and nothing stands twice.
///
/// `lines` gives the values of the `Vary` lines that the response has; it is called once a member.
///
/// Members are compared in whatever case, whole (`x-origin` is not `origin`); a line with the
/// member `*` covers everything
/// ([RFC 9110, 12.5.5](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.5)). Costs O(bytes
/// of the lines) a member; does not allocate.
///
/// ```
/// use cors_core::missing_from_vary;
///
/// let lines = || [b"accept-encoding, X-Origin".as_slice(), b"accept"];
/// assert!(missing_from_vary("Accept, Origin", lines).eq(["Origin"]));
/// assert!(missing_from_vary("Origin", || [b"*".as_slice()]).eq([""; 0]));
/// ```
pub fn missing_from_vary<'w, 'l, I>(
    wanted: &'w str,
    lines: impl Fn() -> I,
) -> impl Iterator<Item = &'w str>
where
    I: IntoIterator<Item = &'l [u8]>,
{
    wanted
        .split(',')
        .map(str::trim_ascii)
        .filter(move |member| {
            !lines()
                .into_iter()
                .flat_map(|line| line.split(|&byte| byte == b','))
                .map(trim)
                .any(|present| present == b"*" || present.eq_ignore_ascii_case(member.as_bytes()))
        })
}
