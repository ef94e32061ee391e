use log::error;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::mount::Mounts;

/// A request guard for routes that must not be served without CORS: an application with such a route
/// doesn't launch unless [`Cors`](crate::Cors) is attached.
///
/// If the fairing has no policy for the route's path, which Rocket can't find out at launch, requests
/// get a 500.
///
/// ```
/// use cors_rocket::{Cors, CorsAttached, Policy};
/// use rocket::error::ErrorKind;
/// use rocket::local::blocking::Client;
///
/// #[rocket::get("/")]
/// fn hello(_cors: CorsAttached) -> &'static str {
///     "hello"
/// }
///
/// let app = || rocket::build().mount("/", rocket::routes![hello]);
/// let error = Client::untracked(app()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::SentinelAborts(_)));
/// assert!(Client::untracked(app().attach(Cors::new(Policy::public()))).is_ok());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CorsAttached(());

impl Sentinel for CorsAttached {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        rocket.state::<Mounts>().is_none()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for CorsAttached {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        if Mounts::source(request).is_some() {
            return Outcome::Success(Self(()));
        }
        error!(
            "CORS: a route needs a policy, but {} has none",
            request.uri().path()
        );
        Outcome::Error((Status::InternalServerError, ()))
    }
}
