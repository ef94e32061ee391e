//! A function on AWS Lambda behind API Gateway: `cors-axum`'s layer as it is.

use cors_axum::{CorsLayer, PreparedPolicy, ResponseBody, Settings};
use lambda_http::{Body, Error, Request, Response};
use tower::{Service, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // API Gateway must hand `OPTIONS` to the function: leave its own CORS settings empty.
    lambda_http::run(behind_cors(&std::env::var("ORIGINS")?)?).await
}

/// The function, for pages on these origins.
pub(crate) fn behind_cors(
    origins: &str,
) -> Result<
    impl Service<Request, Response = Response<ResponseBody<Body>>, Error = Error, Future: Send>,
    Error,
> {
    let policy = Settings::new()
        .origins(origins.split_ascii_whitespace())
        .methods(["PUT"])
        .request_headers(["content-type"])
        .build()?;
    let layer = CorsLayer::new(PreparedPolicy::from(policy)).any_body();
    Ok(layer.layer(service_fn(handle)))
}

async fn handle(_: Request) -> Result<Response<Body>, Error> {
    Ok(Response::new(Body::from("hello")))
}

#[cfg(test)]
mod tests {
    use lambda_http::http::Request as Typed;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_page_may_put_and_another_may_not() {
        let mut answers = Vec::new();
        for (method, origin) in [
            ("OPTIONS", "https://app.example.com"),
            ("PUT", "https://app.example.com"),
            ("PUT", "https://evil.example"),
        ] {
            let request = Typed::builder()
                .method(method)
                .uri("https://api.example.com/items")
                .header("origin", origin)
                .header("access-control-request-method", "PUT")
                .body(Body::Empty);
            let service = behind_cors("https://app.example.com").expect("an origin");
            let request = request.expect("a request");
            let response = service.oneshot(request).await.expect("a response");
            let allowed = response
                .headers()
                .get("access-control-allow-origin")
                .cloned();
            answers.push((response.status().as_u16(), allowed));
        }
        let app = "https://app.example.com".parse().ok();
        assert_eq!(answers, [(204, app.clone()), (200, app), (403, None)]);
    }
}
