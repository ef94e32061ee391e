//! Shorter names for policies with texts on the heap, which is what servers use.

use std::string::String;
use std::vec::Vec;

/// Builds a policy that is only known at run time: from a file, the environment or a database.
///
/// ```
/// use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
///
/// let variable = "https://app.example.com, https://admin.example.com";
/// let policy: OwnedPolicy = Settings::new()
///     .origins_text(variable)
///     .credentials(true)
///     .methods(["PUT", "DELETE"])
///     .request_headers(["content-type"])
///     .build()?;
/// # assert!(policy.allows_origin(b"https://admin.example.com"));
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// With the feature `serde`, it is read from a file or a part of your configuration, whose keys are
/// [listed here](crate::Settings#policy-file). [`cors_core::Settings`](crate::Settings) explains everything else.
pub type Settings = crate::Settings<String>;

/// A policy that owns its texts: one that a program reads from a file, the environment or a database.
///
/// Build it with [`Settings`], or read it with `serde`: a field of this type in your configuration
/// struct is a [policy file](crate::Settings#policy-file), and its errors name all that is wrong.
///
/// ```
/// use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
///
/// let policy: OwnedPolicy = Settings::new().origins(["https://app.example.com"]).build()?;
/// for warning in policy.warnings() {
///     eprintln!("{warning}");
/// }
/// assert!(policy.allows_origin(b"https://app.example.com"));
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// All its methods: [`cors_core::OwnedPolicy`](crate::OwnedPolicy).
pub type OwnedPolicy = crate::OwnedPolicy<String, Vec<u32>>;

/// All errors in [`Settings`], one on each line, with what to write instead.
///
/// ```
/// use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
///
/// let settings = Settings::new().origins(["https://app.example.com/"]);
/// let result: Result<OwnedPolicy, PolicyErrors> = settings.build();
/// assert_eq!(
///     result.unwrap_err().to_string(),
///     "CORS-E09: origins: \"https://app.example.com/\" ends with a slash; \
///      an origin has no path: write \"https://app.example.com\"",
/// );
/// ```
///
/// `ERRORS.md` in the repository explains each code. All its
/// methods: [`cors_core::PolicyErrors`](crate::PolicyErrors).
pub type PolicyErrors = crate::PolicyErrors<String>;
