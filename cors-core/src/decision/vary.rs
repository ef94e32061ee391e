use crate::bytes::trim;

/// A line of `Vary` has this member, or `*`, which stands for every member
/// ([RFC 9110, 12.5.5](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.5)).
///
/// Members are compared in whatever case, whole: `x-origin` is not `origin`.
pub(super) fn has(line: &[u8], member: &str) -> bool {
    line.split(|&byte| byte == b',')
        .map(trim)
        .any(|present| present == b"*" || present.eq_ignore_ascii_case(member.as_bytes()))
}
