//! What the page's script sends.

use conformance_tests::model_browser::{Credentials, Fetch};

/// What `--help` says of `--origin`.
pub(super) const ORIGIN: &str =
    "The origin of the page, as browsers send it: https://app.example.com, or null";

#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// The method of the request
    #[arg(long, default_value = "GET")]
    pub(super) method: String,
    /// A header that the page's script sets: NAME or "NAME: VALUE"; may be repeated
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
}

impl Asked {
    /// Of a page of this origin.
    pub(super) fn fetch(&self, page: &str, with_credentials: bool) -> Fetch {
        let headers = self.headers.iter().map(|header| {
            let (name, value) = header.split_once(':').unwrap_or((header, "1"));
            (name.to_owned(), value.trim().into())
        });
        Fetch {
            method: self.method.clone(),
            headers: headers.collect(),
            credentials: match with_credentials {
                true => Credentials::Include,
                false => Credentials::Omit,
            },
            ..Fetch::get(page)
        }
    }
}
