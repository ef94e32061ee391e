//! A file as blocks of lines that are read one by one: what is wrong with one hides no other.

use serde::de::DeserializeOwned;

use crate::suite::case_error::CaseError;

/// Some lines of a file.
pub(super) struct Block {
    file: &'static str,
    /// The number of the first line, counted from 1.
    line: usize,
    text: &'static str,
}

/// The blocks of a file: what stands before the first head, and what each head begins.
pub(super) fn blocks(
    (file, text): (&'static str, &'static str),
    is_head: impl Fn(&str) -> bool,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut start, mut line, mut at) = (0, 1, 0);
    for (number, one) in text.split_inclusive('\n').enumerate() {
        if is_head(one.trim_end()) {
            blocks.push((line, start..at));
            (start, line) = (at, number + 1);
        }
        at += one.len();
    }
    blocks.push((line, start..at));
    let block = |(line, range)| {
        let text = text.get(range)?;
        Some(Block { file, line, text })
    };
    blocks.into_iter().filter_map(block).collect()
}

impl Block {
    pub(super) fn first_line(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default()
    }

    /// As `cases/vary.toml:12`.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// What it says.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, CaseError> {
        toml::from_str(self.text).map_err(|error| {
            let before = error.span().and_then(|span| self.text.get(..span.start));
            let lines = before.map_or(0, |before| before.matches('\n').count());
            CaseError {
                line: self.line + lines,
                ..self.error(error.message().to_owned())
            }
        })
    }

    /// What is wrong with it as a whole.
    pub(super) fn error(&self, message: String) -> CaseError {
        CaseError {
            file: self.file,
            line: self.line,
            message,
        }
    }
}
