/// Risks of credentials that you accept on purpose: the way to a
/// [credentialed](crate::Policy::credentialed) policy that would otherwise be an error.
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
