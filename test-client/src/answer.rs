use std::fmt::Debug;

use http::Response;
use http_body_util::BodyExt;

use crate::{LISTED, Outcome, within};

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Every field line, the name in lower case; in order where one field has several.
    pub lines: Vec<(String, String)>,
    /// The body, whole.
    pub body: String,
}

impl Answer {
    /// These, as texts.
    pub fn new<'l>(
        status: u16,
        lines: impl Iterator<Item = (&'l str, &'l [u8])>,
        body: &[u8],
    ) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status,
            lines: lines
                .map(|(name, value)| (name.to_ascii_lowercase(), text(value)))
                .collect(),
            body: text(body),
        }
    }

    /// All of a response.
    ///
    /// # Panics
    ///
    /// If its body ends in an error, or not in time.
    pub async fn of<B>(response: Response<B>) -> Self
    where
        B: http_body::Body,
        B::Error: Debug,
    {
        let (head, body) = response.into_parts();
        let body = within(body.collect()).await.expect("a whole body");
        let lines = head.headers.iter();
        Self::new(
            head.status.as_u16(),
            lines.map(|(name, value)| (name.as_str(), value.as_bytes())),
            &body.to_bytes(),
        )
    }

    /// The values of a field, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.lines.iter().filter(move |line| line.0 == name);
        lines.map(|line| line.1.as_str())
    }

    /// The value of a field that has one line at most.
    ///
    /// # Panics
    ///
    /// If it has more.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter().filter(|line| line.0 == name);
        let line = lines.next();
        assert!(lines.next().is_none(), "several lines: {:?}", self.lines);
        line.map(|line| line.1.as_str())
    }

    /// The lines that matter to CORS, in alphabetical order.
    #[must_use]
    pub fn cors(&self) -> Vec<String> {
        self.sorted(is_of_cors)
    }

    /// All others, in alphabetical order, but for the time of day.
    #[must_use]
    pub fn others(&self) -> Vec<String> {
        self.sorted(|name| !is_of_cors(name) && name != "date")
    }

    fn sorted(&self, counts: impl Fn(&str) -> bool) -> Vec<String> {
        let lines = self.lines.iter().filter(|(name, _)| counts(name));
        let mut lines: Vec<_> = lines
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        lines.sort();
        lines
    }

    /// The status, and whether the browser lets a page of the listed origin read the response.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let origin = self.field("access-control-allow-origin");
        (self.status, origin == Some(LISTED))
    }
}

fn is_of_cors(name: &str) -> bool {
    name == "vary" || name.starts_with("access-control-")
}
