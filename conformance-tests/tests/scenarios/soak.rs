//! Minutes of requests, each answer checked, while the policy is replaced all the while: nothing wrong, and
//! no memory or descriptor that is not given back. `SOAK_SECONDS` for each adapter:
//! `SOAK_SECONDS=60 cargo test --release -p conformance-tests --test scenarios soak -- --ignored --nocapture`

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use std::{env, fs};

use cors_core::Policy;
use test_client::{Connection, FOREIGN, LISTED};
use tokio::time::sleep;

use crate::application::{Adapter, Application};

const CLIENTS: usize = 8;
/// Listed by every second policy.
const OTHER: &str = "https://other.example.com";

/// One text, as the responses are the same whichever adapter makes them.
async fn client(server: SocketAddr, end: Instant, counts: &[Cell<u64>; 2]) {
    let mut connection = Connection::open(server).await;
    while Instant::now() < end {
        for (origin, may_pass, may_fail) in [
            (LISTED, true, false),
            (OTHER, true, true),
            (FOREIGN, false, true),
        ] {
            let start = format!("host: api.test\norigin: {origin}\n");
            for (method, asks, status) in [
                ("GET", "", "200"),
                ("OPTIONS", "access-control-request-method: PUT\n", "204"),
            ] {
                let request = format!("{method} / HTTP/1.1\n{start}{asks}\n");
                let head = connection.exchange(&request).await;
                let is_allowed =
                    head.contains(&format!("\naccess-control-allow-origin: {origin}\n"));
                let is_silent = !head.contains("\naccess-control-allow-");
                let passes = head.starts_with(&format!("HTTP/1.1 {status} ")) && is_allowed;
                let fails = head.starts_with("HTTP/1.1 403 ") && is_silent;
                assert!(passes && may_pass || fails && may_fail, "{request}{head}");
                let mut fields = head.lines();
                let length = fields.find_map(|line| line.strip_prefix("content-length: "));
                let length = length.map_or(0, |length| length.parse().expect("a number"));
                connection.read(length).await;
                let count = &counts[usize::from(passes)];
                count.set(count.get() + 1);
            }
        }
    }
}

/// Resident pages and open descriptors of this process.
fn held() -> (usize, usize) {
    let pages = fs::read_to_string("/proc/self/statm").expect("it runs");
    let resident = pages.split(' ').nth(1).expect("a field");
    let descriptors = fs::read_dir("/proc/self/fd").expect("it runs");
    (resident.parse().expect("a number"), descriptors.count())
}

async fn soak<A: Adapter>(name: &str) {
    let seconds = env::var("SOAK_SECONDS").map_or(10, |text| text.parse().expect("a number"));
    let (server, live) = A::live(&Application::plain()).await;
    let both: Policy<'static> =
        Policy::credentialed("https://app.example.com https://other.example.com").methods("PUT");
    let one = Policy::credentialed(LISTED).methods("PUT");
    (live.replace)(one.into());
    let counts = [Cell::new(0), Cell::new(0)];
    let replaced = Cell::new(0);
    let run = async |duration: Duration| {
        let end = Instant::now() + duration;
        let replace = async {
            while Instant::now() < end {
                let policy = if replaced.get() % 2 == 0 { both } else { one };
                (live.replace)(policy.into());
                replaced.set(replaced.get() + 1);
                sleep(Duration::from_millis(5)).await;
            }
        };
        let clients = (0..CLIENTS).map(|_| client(server, end, &counts));
        tokio::join!(replace, futures_util::future::join_all(clients));
    };
    // What is kept for good is there after a while.
    run(Duration::from_secs(seconds).div_f32(4.0)).await;
    let (pages, descriptors) = held();
    run(Duration::from_secs(seconds)).await;
    let (pages_after, descriptors_after) = held();
    let [refused, allowed] = counts.map(Cell::into_inner);
    println!(
        "{name}: {allowed} allowed, {refused} refused, {} policies, {pages} to {pages_after} pages, \
         {descriptors} to {descriptors_after} descriptors",
        replaced.get()
    );
    assert!(allowed > 1_000 && refused > 1_000);
    assert!(pages_after < pages + 512, "{pages} to {pages_after} pages");
    // A connection that has ended may not be closed yet.
    let most = descriptors + CLIENTS;
    assert!(
        descriptors_after <= most,
        "{descriptors} to {descriptors_after} descriptors"
    );
}

#[tokio::test]
#[ignore = "it takes minutes"]
async fn nothing_is_wrong_or_lost_in_minutes() {
    soak::<crate::axum::Around>("axum").await;
    soak::<crate::actix::Wrapped>("actix").await;
    soak::<crate::rocket::Attached>("Rocket").await;
    soak::<crate::warp::Wrapped>("warp").await;
}
