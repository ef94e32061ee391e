//! Where policies come from, and what others see of a refusal.

mod common;

use std::future::ready;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cors_rocket::{
    Cors, Denial, LivePolicy, OwnedPolicy, Policy, PreparedPolicy, by_request, denial, look_up,
};
use rocket::fairing::AdHoc;
use rocket::http::Header;
use rocket::{Build, Request, Responder, Rocket, catch, catchers, get, routes};
use test_client::{FOREIGN, LISTED, POLICY, ask_http1, ask_http2};

use common::{ask, config, launch, preflight, serve};

#[get("/")]
const fn hello() -> &'static str {
    "hello"
}

fn app() -> Rocket<Build> {
    rocket::custom(config()).mount("/", routes![hello])
}

/// Over HTTP/2 Rocket's host is the authority, as there is no `Host` line to choose by.
#[tokio::test]
async fn the_authority_chooses_over_http2_too() {
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let cors = Cors::by_request(move |request| {
        let is_ours = request.host()?.domain() == "api.test";
        is_ours.then(|| Arc::clone(&policy))
    });
    serve(app().attach(cors), async |server| {
        let fields = [("origin", LISTED)];
        for (target, outcome) in [
            ("GET http://api.test/", (200, true)),
            ("GET http://other.test/", (403, false)),
        ] {
            let answer = ask_http2(server, target, &fields).await;
            assert_eq!(answer.outcome(), outcome, "{target}");
        }
        let answer = ask_http1(server, "GET /", &fields).await;
        assert_eq!(answer.outcome(), (200, true));
    })
    .await;
}

#[derive(Responder)]
struct Shared(&'static str, Header<'static>);

/// Rocket answers a panic with 500. The function is not called once more for that answer, where its
/// panic would be nobody's, and the page sees nothing of it.
#[tokio::test]
async fn a_function_that_panics_is_called_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = || {
        let calls = Arc::clone(&calls);
        move || {
            calls.fetch_add(1, Ordering::Relaxed);
            resume_unwind(Box::new("asked for"))
        }
    };
    let (choosing, finding, found) = (counted(), counted(), counted());
    for cors in [
        Cors::by_request(move |_| choosing()),
        Cors::look_up(move |_| {
            finding();
            ready(None)
        }),
        Cors::look_up(move |_| {
            let found = found.clone();
            async move { found() }
        }),
    ] {
        #[catch(500)]
        fn failed() -> Shared {
            let name = "access-control-allow-origin";
            Shared("failed", Header::new(name, "*"))
        }
        let app = app().register("/", catchers![failed]);
        let client = launch(app.attach(cors)).await;
        for origin in [LISTED, FOREIGN] {
            let answer = ask(&client, "GET /", &[("origin", origin)]).await;
            assert_eq!(answer.outcome(), (500, false));
            assert_eq!(calls.swap(0, Ordering::Relaxed), 1);
        }
        let answer = preflight(&client, "/", LISTED).await;
        assert!(!answer.outcome().1);
        assert_eq!(calls.swap(0, Ordering::Relaxed), 1);
    }
}

/// It is known to routes and catchers, and to fairings, wherever they are attached.
#[tokio::test]
async fn a_denial_is_kept_with_the_request() {
    type Seen = Arc<Mutex<Vec<Option<Denial>>>>;

    #[get("/denial")]
    fn told(request: Asks<'_>) -> String {
        format!("{:?}", denial(request.0))
    }
    let seen = Seen::default();
    let watch = || {
        let seen = Arc::clone(&seen);
        AdHoc::on_response("watch", move |request, _| {
            seen.lock().unwrap().push(denial(request));
            Box::pin(ready(()))
        })
    };
    // Who asks too early spoils nothing.
    let early = || {
        AdHoc::on_request("early", |request, _| {
            assert_eq!(denial(request), None);
            Box::pin(ready(()))
        })
    };
    let client = async |policy: Policy<'static>| {
        let app = app().mount("/", routes![told]);
        launch(
            app.attach(early())
                .attach(watch())
                .attach(Cors::new(policy))
                .attach(watch()),
        )
        .await
    };
    let strict = client(POLICY).await;
    let forwards = client(POLICY.forward_denied()).await;
    let denied = Some(Denial::OriginNotAllowed);
    for (client, origin, expected, body) in [
        (&strict, LISTED, None, Some("None")),
        (&strict, FOREIGN, denied, None),
        (&forwards, LISTED, None, Some("None")),
        (&forwards, FOREIGN, denied, Some("Some(OriginNotAllowed)")),
    ] {
        let answer = ask(client, "GET /denial", &[("origin", origin)]).await;
        assert_eq!(body.is_none(), answer.status == 403);
        assert!(body.is_none_or(|body| answer.body == body));
        preflight(client, "/denial", origin).await;
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(seen, [expected; 4]);
    }
}

/// The request itself.
#[derive(Clone, Copy)]
struct Asks<'r>(&'r Request<'r>);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Asks<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, ()> {
        rocket::request::Outcome::Success(Self(request))
    }
}

/// One `static` for several places; policies that are prepared or live go in as they are.
#[tokio::test]
async fn every_source_is_a_policy() {
    static STATIC: Policy = POLICY;
    let live = LivePolicy::new(STATIC);
    let owned = || OwnedPolicy::from(&STATIC);
    let prepared = Arc::new(PreparedPolicy::from(owned()));
    let (chosen, found) = (Arc::clone(&prepared), Arc::clone(&prepared));
    for cors in [
        Cors::new(STATIC),
        Cors::new(&STATIC),
        Cors::new(owned()),
        Cors::new(PreparedPolicy::from(owned())),
        Cors::new(Arc::clone(&prepared)),
        Cors::new(&live),
        Cors::new(live.clone()),
        Cors::new(by_request(move |_| Some(Arc::clone(&chosen)))),
        Cors::new(look_up(move |_| ready(Some(Arc::clone(&found))))),
    ] {
        let client = launch(app().attach(cors.mount("/a", &live))).await;
        for target in ["/", "/a"] {
            let answer = preflight(&client, target, LISTED).await;
            assert_eq!(answer.outcome(), (204, true), "{target}");
        }
    }
}
