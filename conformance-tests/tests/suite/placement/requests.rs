//! What is sent, and which responses count, whatever the framework is.

use conformance_tests::placement::{Asked, Placement};
use http::{Request, Response};

use super::{POLICY, assert_says, found};

const PAGE: &str = "https://app.example.com";

/// A response that the page can read, with this status.
fn readable(status: u16) -> Response<()> {
    Response::builder()
        .status(status)
        .header("access-control-allow-origin", PAGE)
        .header("access-control-allow-credentials", "true")
        .body(())
        .expect("a response")
}

/// A browser asks for more of a preflight than headers.
#[tokio::test]
async fn a_preflight_needs_a_status_of_success() {
    let placement = Placement::new(&POLICY, PAGE).path("/items");
    let gaps = placement.check(async |_| readable(405)).await;
    assert_eq!(found(&gaps), [(Asked::Preflight, Some(405))]);
    assert_says(&gaps, &["the preflight, OPTIONS /items: 405\n"]);
    let gaps = placement.check(async |_| readable(204)).await;
    gaps.assert_none();
}

/// The tests of an application may not become visits of a user.
#[tokio::test]
async fn no_request_has_a_cookie_or_a_token() {
    let mut sent: Vec<Request<Vec<u8>>> = Vec::new();
    Placement::new(&POLICY, PAGE)
        .path("/api/items/")
        .needs_token("/api/account")
        .limits_bodies("/api/upload", 9)
        .limits_requests("/api/items/", 3)
        .check(async |request| {
            sent.push(request);
            readable(200)
        })
        .await
        .assert_none();
    let lines: Vec<_> = sent
        .iter()
        .map(|request| {
            for name in ["cookie", "authorization"] {
                assert_eq!(request.headers().get(name), None, "{request:?}");
            }
            assert_eq!(request.headers()["origin"], PAGE);
            format!(
                "{} {} {}",
                request.method(),
                request.uri(),
                request.body().len()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "OPTIONS /api/items/ 0",
            "GET /api/items/ 0",
            "PATCH /api/items/ 0",
            "GET /api/items 0",
            "GET /api/items/no-such-path 0",
            "GET /api/no-such-path 0",
            "GET /no-such-path 0",
            "OPTIONS /api/account 0",
            "GET /api/account 0",
            "POST /api/upload 9",
            "GET /api/items/ 0",
            "GET /api/items/ 0",
            "GET /api/items/ 0",
        ]
    );
    assert_eq!(sent[9].headers()["content-length"], "9");
}
