//! What is wrong with the files of the suite, and where.

use std::error::Error;
use std::fmt;

/// Something in a file of the suite that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    /// The file, as `cases/vary.toml`.
    pub file: &'static str,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// `cases/vary.toml:12: what is wrong`
impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Everything in the files of the suite that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseErrors(pub Vec<CaseError>);

/// An error on each line.
impl fmt::Display for CaseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            write!(f, "{end}{error}")?;
        }
        Ok(())
    }
}

impl Error for CaseErrors {}
