//! One request and its answer, as they stand on the wire.
//!
//! Values are bytes, and a field may have any number of lines: the errors that the suite looks for
//! hide in what a typed header map cannot hold.

use std::fmt;

/// One field line: a name and the bytes of its value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The field's name, in lower case.
    pub name: String,
    /// The field's value, exactly.
    pub value: Vec<u8>,
}

impl Line {
    /// A line with this name and value; the name is put into lower case.
    pub fn new(name: &str, value: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.to_ascii_lowercase(),
            value: value.as_ref().to_vec(),
        }
    }
}

/// `name: value`, escaped and cut after 80 bytes: a case may carry a mebibyte.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.value.get(..80).unwrap_or(&self.value);
        write!(f, "{}: {}", self.name, shown.escape_ascii())?;
        match self.value.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, "… ({more} more bytes)"),
        }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A request as a client sends it: no body, because CORS never looks at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, exactly (`get` is not `GET`).
    pub method: String,
    /// The path.
    pub path: String,
    /// Every field line, in order. There is one `host` line unless the case says otherwise.
    pub lines: Vec<Line>,
}

impl Request {
    /// The values of a field, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.lines, name)
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Every field line, in order.
    pub lines: Vec<Line>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Response {
    /// The values of a field, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.lines, name)
    }
}

fn values<'a>(lines: &'a [Line], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    lines
        .iter()
        .filter(move |line| line.name == name)
        .map(|line| line.value.as_slice())
}
