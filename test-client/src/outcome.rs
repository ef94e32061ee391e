use crate::{Answer, FOREIGN, Fields, LISTED, preflight_from};

/// A status, and whether the browser lets a page of the listed origin read the response.
pub type Outcome = (u16, bool);

/// It does.
pub const SHARED: bool = true;

/// It does not.
pub const BARE: bool = false;

/// What `GET`, `POST` and a preflight give on a route for `GET` that a policy covers.
pub const COVERED: [Outcome; 3] = [(200, SHARED), (405, SHARED), (204, SHARED)];

/// And on a path without a route.
pub const COVERED_404: [Outcome; 3] = [(404, SHARED), (404, SHARED), (204, SHARED)];

/// What they give on a route for `GET` that no policy covers.
pub const UNCOVERED: [Outcome; 3] = [(200, BARE), (405, BARE), (405, BARE)];

/// And on a path without a route.
pub const UNCOVERED_404: [Outcome; 3] = [(404, BARE); 3];

/// The [`outcomes`] under a policy that allows the listed origin.
pub const LISTED_ONLY: [Outcome; 3] = [(200, SHARED), (403, BARE), (204, SHARED)];

/// And under one that allows none.
pub const NOBODY: [Outcome; 3] = [(403, BARE); 3];

/// Asks for each path with `GET`, `POST` and a preflight, all from the listed origin.
///
/// # Panics
///
/// If something else comes of it.
pub async fn assert_outcomes(
    ask: impl AsyncFn(&str, Fields<'_>) -> Answer,
    rows: &[(&str, [Outcome; 3])],
) {
    for (path, expected) in rows {
        let outcomes = [
            ask(&format!("GET {path}"), &[("origin", LISTED)]).await,
            ask(&format!("POST {path}"), &[("origin", LISTED)]).await,
            ask(&format!("OPTIONS {path}"), &preflight_from(LISTED)).await,
        ];
        assert_eq!(outcomes.map(|one| one.outcome()), *expected, "{path}");
    }
}

/// What comes of `GET /` from the listed origin, from a foreign one, and of a preflight.
pub async fn outcomes(ask: impl AsyncFn(&str, Fields<'_>) -> Answer) -> [Outcome; 3] {
    [
        ask("GET /", &[("origin", LISTED)]).await,
        ask("GET /", &[("origin", FOREIGN)]).await,
        ask("OPTIONS /", &preflight_from(LISTED)).await,
    ]
    .map(|answer| answer.outcome())
}
