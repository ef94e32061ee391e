use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use std::{env, fs};

use cors_core::Policy;
use tokio::time::sleep;

use crate::{Connection, FOREIGN, LISTED};

const CLIENTS: usize = 8;

/// Rounds of six requests on one connection.
const ROUNDS: usize = 50;

/// After it, a server has closed all connections, and an Envoy has forgotten the listeners that were replaced.
const END_OF_CONNECTIONS: Duration = Duration::from_secs(8);

/// What only the first of [`SOAKED`] lists.
const OTHER: &str = "https://other.example.com";

/// What a soaked server is to say by turns: that it allows [`LISTED`] and another, and that it allows one.
pub const SOAKED: [Policy<'static>; 2] = [
    Policy::credentialed("https://app.example.com https://other.example.com").methods("PUT"),
    Policy::credentialed(LISTED).methods("PUT"),
];

/// Asks a server for `SOAK_SECONDS`, ten unless the variable says otherwise, while its policy is replaced after each
/// pause by one of [`SOAKED`], by turns. At first the server must have the second of them.
///
/// # Panics
///
/// If any answer is wrong, if no replacement is noticed, or if the server's process keeps memory or descriptors.
pub async fn soak(
    name: &str,
    server: SocketAddr,
    process: u32,
    pause: Duration,
    mut replace: impl AsyncFnMut(Policy<'static>),
) {
    let seconds = env::var("SOAK_SECONDS").map_or(10, |text| text.parse().expect("a number"));
    let counts = Counts::default();
    let replaced = Cell::new(0);
    let mut run = async |duration: Duration| {
        let end = Instant::now() + duration;
        let replace = async {
            while Instant::now() < end {
                replace(SOAKED[replaced.get() % 2]).await;
                replaced.set(replaced.get() + 1);
                sleep(pause).await;
            }
        };
        let clients = (0..CLIENTS).map(|_| client(server, end, &counts));
        tokio::join!(replace, futures_util::future::join_all(clients));
        sleep(END_OF_CONNECTIONS).await;
    };
    // What is kept for good is there after a while.
    run(Duration::from_secs(seconds).div_f32(4.0)).await;
    let (pages, descriptors) = held(process);
    run(Duration::from_secs(seconds)).await;
    let (pages_after, descriptors_after) = held(process);
    let [refused, allowed] = counts.always.map(Cell::into_inner);
    let [refused_by_turns, allowed_by_turns] = counts.by_turns.map(Cell::into_inner);
    println!(
        "{name}: {allowed} allowed, {refused} refused, by turns {allowed_by_turns} allowed and {refused_by_turns} \
         refused, {} policies, {pages} to {pages_after} pages, {descriptors} to {descriptors_after} descriptors",
        replaced.get()
    );
    assert!(allowed > 1_000 && refused > 1_000);
    assert!(allowed_by_turns > 100 && refused_by_turns > 100);
    assert!(pages_after < pages + 512, "{pages} to {pages_after} pages");
    // An Envoy keeps connections to the application, now one more and now one less for each client.
    assert!(
        descriptors_after <= descriptors + CLIENTS,
        "{descriptors} to {descriptors_after} descriptors"
    );
}

/// Refused and allowed requests.
#[derive(Default)]
struct Counts {
    always: [Cell<u64>; 2],
    /// Of the origin that one of the policies lists.
    by_turns: [Cell<u64>; 2],
}

/// One text, as the responses are the same whichever server makes them.
async fn client(server: SocketAddr, end: Instant, counts: &Counts) {
    'connection: while Instant::now() < end {
        let mut connection = Connection::open(server).await;
        for _ in 0..ROUNDS {
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
                    let counts = match may_pass && may_fail {
                        true => &counts.by_turns,
                        false => &counts.always,
                    };
                    let count = &counts[usize::from(passes)];
                    count.set(count.get() + 1);
                    // An Envoy asks for it when its listener is replaced.
                    if head.contains("\nconnection: close\n") {
                        continue 'connection;
                    }
                }
            }
        }
    }
}

/// Resident pages and open descriptors of a process.
fn held(process: u32) -> (usize, usize) {
    let pages = fs::read_to_string(format!("/proc/{process}/statm")).expect("it runs");
    let resident = pages.split(' ').nth(1).expect("a field");
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).expect("it runs");
    (resident.parse().expect("a number"), descriptors.count())
}
