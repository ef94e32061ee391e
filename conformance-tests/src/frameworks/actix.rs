//! `cors-actix`, in process and over a socket.

use actix_web::body::{self, BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::error::{Error, HttpError};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::test::{self, TestRequest};
use actix_web::web::Bytes;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, HttpServer};
use cors_actix::{Cors, LivePolicy};

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, Difference, NotApplicable};
use crate::suite::wire;

/// `App::wrap`, in process.
#[derive(Clone, Copy, Debug)]
pub struct Wrapped;

/// `App::wrap`, served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Served;

/// What actix-web does not let any middleware change.
pub const EXPECTED_SERVED: [Difference; 1] = [(
    "REQ-STAT-07 an old browser, two hosts",
    "actix-web answers two Host lines with 400 before it asks the app",
)];

impl Adapter for Wrapped {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let app = actix_web::App::new().configure(routes(app));
        let service = test::init_service(app.wrap(cors(policy)?)).await;
        call(&service, request).await
    }
}

/// The application under examination behind a policy that can be replaced.
pub async fn live(
    app: App,
    policy: LivePolicy,
) -> impl Service<actix_http::Request, Response = Answered, Error = Error> {
    let app = actix_web::App::new().configure(routes(&app));
    test::init_service(app.wrap(Cors::live(&policy))).await
}

/// What comes out of a middleware of `cors-actix`.
type Answered = ServiceResponse<EitherBody<BoxBody, Bytes>>;

/// Sends a service one request.
///
/// # Errors
///
/// If the types of actix-web cannot hold the request.
///
/// # Panics
///
/// If the response's body ends in an error.
pub async fn call(
    service: &impl Service<actix_http::Request, Response = Answered, Error = Error>,
    request: &Request,
) -> Result<Response, NotApplicable> {
    let answer = test::call_service(service, typed(request)?.to_request()).await;
    let lines = answer
        .headers()
        .iter()
        .map(|(name, value)| Line::new(name.as_str(), value))
        .collect();
    let status = answer.status().as_u16();
    // Only on its way to a socket does an answer to HEAD lose its body.
    let body = match request.method.as_str() {
        "HEAD" => Vec::new(),
        _ => body::to_bytes(answer.into_body())
            .await
            .expect("a body in memory")
            .to_vec(),
    };
    Ok(Response {
        status,
        lines,
        body,
    })
}

/// Gives an application one request, for [`Placement::check`](crate::placement::Placement::check).
///
/// # Panics
///
/// If the application does.
pub async fn send<B>(
    service: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    request: ::http::Request<Vec<u8>>,
) -> ::http::Response<()> {
    let method = Method::from_bytes(request.method().as_str().as_bytes()).expect("a method");
    let typed = TestRequest::with_uri(&request.uri().to_string()).method(method);
    let lines = request.headers().iter();
    let typed = lines.fold(typed, |typed, (name, value)| {
        typed.append_header((name.as_str(), value.as_bytes()))
    });
    // An empty payload would be announced by a header.
    let typed = match request.into_body() {
        body if body.is_empty() => typed.to_request(),
        body => typed.set_payload(body).to_request(),
    };
    // actix-web makes a response of an error only on the way to the socket.
    let (status, headers) = match service.call(typed).await {
        Ok(answer) => (answer.status(), answer.headers().clone()),
        Err(error) => {
            let answer = error.error_response();
            (answer.status(), answer.headers().clone())
        }
    };
    let response = ::http::Response::builder().status(status.as_u16());
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(name.as_str(), value.as_bytes())
    });
    response.body(()).expect("what actix-web's types hold")
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        wire::carries(request)?;
        let (app, cors) = (app.clone(), cors(policy)?);
        let server = HttpServer::new(move || {
            actix_web::App::new()
                .configure(routes(&app))
                .wrap(cors.clone())
        });
        let server = server
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a port on loopback");
        let address = server.addrs()[0];
        let server = tokio::spawn(server.run());
        let response = wire::exchange(address, request).await;
        server.abort();
        Ok(response?)
    }
}

fn cors(policy: &PolicyFile) -> Result<Cors, NotApplicable> {
    let policy = policy.to_core()?;
    Ok(Cors::new(policy))
}

/// The application under examination, for `App::configure`.
pub fn routes(app: &App) -> impl FnOnce(&mut ServiceConfig) + use<> {
    async fn handle(app: Data<App>) -> HttpResponse {
        answer(app.handle())
    }
    let app = Data::new(app.clone());
    |config| {
        // Here a handler of GET is asked for HEAD only if it says so.
        let get = web::resource("/get")
            .get(handle)
            .route(web::head().to(handle));
        config
            .app_data(app)
            .route("/", web::to(handle))
            .service(get);
    }
}

pub(crate) fn answer(answer: &Response) -> HttpResponse {
    let status = answer.status.try_into().expect("the case's status");
    let mut response = HttpResponse::with_body(status, answer.body.clone());
    append(response.headers_mut(), &answer.lines).expect("the case's field lines");
    response.map_into_boxed_body()
}

fn typed(request: &Request) -> Result<TestRequest, NotApplicable> {
    let fields = || {
        let method = Method::from_bytes(request.method.as_bytes())?;
        let target: Uri = request.path.parse()?;
        let mut headers = HeaderMap::new();
        append(&mut headers, &request.lines)?;
        Ok((method, target, headers))
    };
    let (method, target, headers) = fields().map_err(|error: HttpError| {
        NotApplicable::because(format!("the http crate of actix-web: {error}"))
    })?;
    let typed = TestRequest::with_uri(&target.to_string()).method(method);
    Ok(headers.into_iter().fold(typed, TestRequest::append_header))
}

fn append(headers: &mut HeaderMap, lines: &[Line]) -> Result<(), HttpError> {
    for line in lines {
        let name = HeaderName::from_bytes(line.name.as_bytes())?;
        headers.append(name, HeaderValue::from_bytes(&line.value)?);
    }
    Ok(())
}
