/// The dangers of credentials that a policy accepts on purpose; the way to
/// [`Policy::credentialed`](crate::Policy::credentialed) that does not refuse them.
///
/// ```
/// use cors_core::Policy;
///
/// const INTRANET: Policy = Policy::dangerously_allow_insecure_origins()
///     .credentialed("http://wiki.intranet.example");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dangers {
    pub(crate) insecure_origins: bool,
    pub(crate) public_suffixes: bool,
}

impl Dangers {
    pub(crate) const NONE: Self = Self {
        insecure_origins: false,
        public_suffixes: false,
    };
}
