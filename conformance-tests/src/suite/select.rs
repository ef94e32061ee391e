//! Some of the cases.

use std::error::Error;
use std::fmt;

use regex_lite::Regex;

use crate::suite::case::Case;
use crate::suite::case_error::CaseErrors;
use crate::suite::files::{cases, check_cases};

/// The cases whose names a regular expression matches anywhere: `REQ-VARY`, `^REQ-ORIGIN-0[45]`, `null`.
///
/// # Errors
///
/// If it is no regular expression, if it matches no name, or if a case cannot be read.
pub fn cases_named(only: &str) -> Result<Vec<Case>, SelectError> {
    check_cases().map_err(SelectError::Files)?;
    let regex = Regex::new(only).map_err(|error| SelectError::NotARegex {
        only: only.to_owned(),
        message: error.to_string(),
    })?;
    let mut cases = cases();
    cases.retain(|case| regex.is_match(&case.name));
    match cases.is_empty() {
        true => Err(SelectError::NoCase(only.to_owned())),
        false => Ok(cases),
    }
}

/// Why no cases can be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectError {
    /// These cases cannot be read.
    Files(CaseErrors),
    /// It is no regular expression.
    NotARegex {
        /// It.
        only: String,
        /// What is wrong with it.
        message: String,
    },
    /// It matches no case's name.
    NoCase(String),
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(errors) => errors.fmt(f),
            Self::NotARegex { only, message } => {
                write!(f, "`{only}` is not a regular expression: {message}")
            }
            Self::NoCase(only) => write!(
                f,
                "no case has a name that matches `{only}`; names begin with the id of a requirement, as \
                 in \"REQ-VARY-01 no Origin\""
            ),
        }
    }
}

impl Error for SelectError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_selected_by_name() {
        let selected = cases_named("^REQ-VARY-01 ").expect("cases");
        assert!(
            selected
                .iter()
                .all(|case| case.name.starts_with("REQ-VARY-01 "))
        );
        assert_eq!(
            cases_named("").map(|all| all.len()).ok(),
            Some(cases().len())
        );
        assert!(selected.len() < cases().len());
        let error = cases_named("(")
            .expect_err("no regular expression")
            .to_string();
        assert!(
            error.starts_with("`(` is not a regular expression: "),
            "{error}"
        );
        let error = cases_named("REQ-VRY").expect_err("no case").to_string();
        assert!(
            error.starts_with("no case has a name that matches `REQ-VRY`"),
            "{error}"
        );
    }
}
