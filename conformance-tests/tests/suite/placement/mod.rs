//! Applications whose CORS middleware stands in the wrong place, in each framework, are found out.

mod actix;
mod axum;
mod requests;
mod rocket;
mod warp;

use conformance_tests::placement::{Asked, Gaps, Placement};
use cors_core::Policy;

const POLICY: Policy = Policy::credentialed("https://app.example.com");

/// Too long for the limits of the applications here.
const LONG: usize = 4096;

/// Every application here serves these.
fn everywhere() -> Placement {
    Placement::new(&POLICY, "https://app.example.com")
        .path("/api/items")
        .needs_token("/api/account")
        .limits_bodies("/api/upload", LONG)
        .panics("/api/panic")
}

/// What was found, without texts.
fn found(gaps: &Gaps) -> Vec<(Asked, Option<u16>)> {
    gaps.found
        .iter()
        .map(|gap| (gap.asked, gap.status))
        .collect()
}

/// A sentence for each: which response, what made it, what to do.
fn assert_says(gaps: &Gaps, words: &[&str]) {
    let text = gaps.to_string();
    for words in words {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}
