//! Routes that collide, forward and fail in the ways that Rocket has.

use std::collections::HashMap;

use rocket::data::{Limits, ToByteUnit};
use rocket::form::Form;
use rocket::fs::FileServer;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::Redirect;
use rocket::response::stream::{Event, EventStream};
use rocket::{
    Build, Config, Request, Rocket, catch, catchers, delete, get, head, options, post, put, routes,
};

use crate::common::config;

/// A guard that lets nobody through, and forwards with this status or fails with it.
struct Forwards<const STATUS: u16>;
struct Fails<const STATUS: u16>;

#[rocket::async_trait]
impl<'r, const STATUS: u16> FromRequest<'r> for Forwards<STATUS> {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> request::Outcome<Self, ()> {
        Outcome::Forward(Status::new(STATUS))
    }
}

#[rocket::async_trait]
impl<'r, const STATUS: u16> FromRequest<'r> for Fails<STATUS> {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> request::Outcome<Self, ()> {
        Outcome::Error((Status::new(STATUS), ()))
    }
}

#[get("/")]
fn hello() -> &'static str {
    "hello"
}

#[get("/number/<number>")]
fn number(number: u8) -> String {
    format!("number {number}")
}

#[get("/ranked/<number>", rank = 1)]
fn ranked_number(number: u8) -> String {
    format!("number {number}")
}

#[get("/ranked/<_>", rank = 2)]
fn ranked_forward(_never: Forwards<401>) {}

#[get("/ranked/word", rank = 3)]
fn ranked_word() -> &'static str {
    "word"
}

#[get("/ranked/least", rank = 9_223_372_036_854_775_807)]
fn least() -> &'static str {
    "least"
}

#[get("/ranked/first")]
fn first() -> &'static str {
    "first"
}

#[get("/guarded")]
fn guarded(_never: Fails<402>) {}

#[head("/head")]
fn head() -> Status {
    Status::ImATeapot
}

#[options("/options")]
fn options() -> &'static str {
    "GET"
}

#[post("/text", data = "<text>")]
fn text(text: &str) -> String {
    format!("text {text}")
}

#[post("/form", data = "<form>")]
fn form(form: Form<HashMap<String, String>>) -> String {
    format!("form {:?}", form.into_inner())
}

#[post("/forwarded", rank = 1, data = "<_text>")]
fn forwarded(_never: Forwards<403>, _text: &str) {}

#[post("/forwarded", rank = 2, data = "<text>")]
fn forwarded_to(text: &str) -> String {
    format!("text {text}")
}

#[post("/format", format = "json", data = "<text>")]
fn json(text: &str) -> String {
    format!("json {text}")
}

#[put("/put")]
fn put() -> &'static str {
    "changed"
}

#[delete("/")]
fn delete() -> &'static str {
    "deleted"
}

#[get("/panic")]
fn panics() {
    panic!("on purpose")
}

#[get("/redirect")]
fn redirect() -> Redirect {
    Redirect::to("/")
}

#[get("/events")]
fn events() -> EventStream![] {
    EventStream! { yield Event::data("one"); }
}

#[catch(404)]
fn not_found() -> &'static str {
    "caught 404"
}

#[catch(default)]
fn scoped(status: Status, _: &Request<'_>) -> String {
    format!("caught {status} in a scope")
}

pub(crate) fn build() -> Rocket<Build> {
    let config = Config {
        limits: Limits::new()
            .limit("form", 8.bytes())
            .limit("string", 8.bytes()),
        ..config()
    };
    rocket::custom(config)
        .mount("/", routes![hello, number, ranked_number, ranked_forward])
        .mount("/", routes![ranked_word, least, first, guarded, head])
        .mount(
            "/",
            routes![options, text, form, forwarded, forwarded_to, json],
        )
        .mount("/", routes![put, delete, panics, redirect, events])
        .mount("/files", FileServer::from(env!("CARGO_MANIFEST_DIR")))
        .mount("/scope", routes![guarded, number])
        .register("/", catchers![not_found])
        .register("/scope", catchers![scoped])
}
