//! What a decision costs, in instructions: `cargo bench -p cors-core`.
//!
//! The program runs itself under valgrind, once for a scenario, and counts only what happens below
//! [`measured`]. Counts do not depend on what else the machine does. It fails if a scenario costs
//! more than its bound, or if valgrind is missing.

use std::collections::HashMap;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use cors_core::{Decision, OriginIndex, OwnedPolicy, Policy, RequestField, Settings};

const CALLS: u64 = 1000;

const APP: Policy<'_> = Policy::credentialed("https://app.example.com")
    .methods("GET, POST, PUT, DELETE")
    .request_headers("content-type, authorization, x-request-id")
    .expose_headers("x-request-id")
    .max_age(3600);
const SUBDOMAINS: Policy<'_> = Policy::credentialed("https://*.example.com");
const PUBLIC: Policy<'_> = Policy::public()
    .any_method()
    .any_request_header()
    .request_headers("authorization");

const APP_ORIGIN: &[u8] = b"https://app.example.com";
const LAST_ORIGIN: &[u8] = b"https://customer-999999.example.com";
const ABSENT_ORIGIN: &[u8] = b"https://customer-999998.example.com";
const SHOP_ORIGIN: &[u8] = b"https://a.shop.example";
const OTHER_ORIGIN: &[u8] = b"https://evil.example.net";
const ASKED: &[u8] = b"authorization,content-type,x-request-id";

/// So many origins of one length that begin alike, the last of them [`LAST_ORIGIN`].
fn many(origins: usize) -> Policy<'static> {
    indexed(customers(origins) + "https://customer-999999.example.com")
}

/// The same and a pattern.
fn many_and_shops(origins: usize) -> Policy<'static> {
    indexed(customers(origins) + "https://*.shop.example")
}

/// The same and ten patterns that no table finds.
fn many_and_labels(origins: usize) -> Policy<'static> {
    let label = |number| format!("https://preview-{number}-*.example.com ");
    indexed(customers(origins) + &(0..10).map(label).collect::<String>())
}

/// A pattern of each length that hosts of so many labels reach, and of none that they have.
fn suffixes() -> Policy<'static> {
    let suffix = |length: usize| format!("https://*.{}.b ", "b".repeat(length - 2));
    indexed((200..250).map(suffix).collect())
}

/// 125 labels.
const LONG_ORIGIN: [u8; 257] = {
    let mut origin = [b'.'; 257];
    let mut i = 0;
    while i < origin.len() {
        origin[i] = match i {
            0..8 => b"https://"[i],
            _ if i % 2 == 0 => b'a',
            _ => b'.',
        };
        i += 1;
    }
    origin
};

fn customers(origins: usize) -> String {
    let customer = |number| format!("https://customer-{number:06}.example.com ");
    (1..origins).map(customer).collect()
}

fn indexed(text: String) -> Policy<'static> {
    let text: &str = text.leak();
    let slots = vec![0; OriginIndex::length(text)].leak();
    OriginIndex::build(text, slots).expect("a list that nature made");
    Policy::credentialed(text).index(slots)
}

/// Name, most instructions, policy, method, origin, requested method, requested headers.
type Scenario = (
    &'static str,
    u64,
    fn() -> Policy<'static>,
    &'static [u8],
    &'static [u8],
    &'static [u8],
    &'static str,
);

const GET: &[u8] = b"GET";
const OPTIONS: &[u8] = b"OPTIONS";

#[rustfmt::skip]
const SCENARIOS: [Scenario; 24] = [
    ("no CORS request",                 36, || APP, GET, b"", b"", ""),
    ("actual, allowed",                131, || APP, GET, APP_ORIGIN, b"", ""),
    ("actual, not allowed",            110, || APP, GET, OTHER_ORIGIN, b"", ""),
    ("preflight, allowed",              600, || APP, OPTIONS, APP_ORIGIN, b"PUT", "3 names"),
    ("preflight, not allowed",         150, || APP, OPTIONS, OTHER_ORIGIN, b"PUT", "3 names"),
    ("preflight, 8 KiB of ','",        450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "8 ,"),
    ("preflight, 64 KiB of ','",       450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "64 ,"),
    ("preflight, 8 KiB of 'a,'",       450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "8 a,"),
    ("preflight, 64 KiB of 'a,'",      450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "64 a,"),
    ("preflight, 8 KiB of a listed name",  450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "8 authorization,"),
    ("preflight, 64 KiB of a listed name", 450, || APP, OPTIONS, APP_ORIGIN, b"PUT", "64 authorization,"),
    ("actual, subdomain",              330, || SUBDOMAINS, GET, APP_ORIGIN, b"", ""),
    ("actual, public",                 100, || PUBLIC, GET, APP_ORIGIN, b"", ""),
    ("preflight, public, any header",  1000, || PUBLIC, OPTIONS, APP_ORIGIN, b"PUT", "3 names"),
    ("actual, the last of 1 000",      240, || many(1_000), GET, LAST_ORIGIN, b"", ""),
    ("actual, the last of 10 000",     240, || many(10_000), GET, LAST_ORIGIN, b"", ""),
    ("actual, the last of 100 000",    240, || many(100_000), GET, LAST_ORIGIN, b"", ""),
    ("actual, none of 1 000",          205, || many(1_000), GET, ABSENT_ORIGIN, b"", ""),
    ("actual, none of 10 000",         205, || many(10_000), GET, ABSENT_ORIGIN, b"", ""),
    ("actual, a pattern of 1 000",     690, || many_and_shops(1_000), GET, SHOP_ORIGIN, b"", ""),
    ("actual, a pattern of 10 000",    690, || many_and_shops(10_000), GET, SHOP_ORIGIN, b"", ""),
    ("actual, neither of 10 000",      690, || many_and_shops(10_000), GET, ABSENT_ORIGIN, b"", ""),
    ("actual, none of 10 000, ten labels with a *", 1400, || many_and_labels(10_000), GET, ABSENT_ORIGIN, b"", ""),
    ("actual, 125 labels, suffixes listed", 16000, suffixes, GET, &LONG_ORIGIN, b"", ""),
];

fn requested_headers(description: &str) -> Vec<u8> {
    match description.split_once(' ') {
        None => Vec::new(),
        Some(("3", _)) => ASKED.to_vec(),
        Some((kibibytes, text)) => {
            let length = 1024 * kibibytes.parse::<usize>().expect("a number");
            text.bytes().cycle().take(length).collect()
        }
    }
}

struct Request<'r> {
    method: &'r [u8],
    origin: &'r [u8],
    requested_method: &'r [u8],
    requested_headers: &'r [u8],
}

impl<'r> Request<'r> {
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let value = match field {
            RequestField::Origin => self.origin,
            RequestField::RequestMethod => self.requested_method,
            RequestField::RequestHeaders => self.requested_headers,
            RequestField::Host => b"api.example.com",
            RequestField::SecFetchMode => b"cors",
            RequestField::SecFetchSite => b"cross-site",
        };
        Some(value).filter(|value| !value.is_empty()).into_iter()
    }
}

#[inline(never)]
fn measured(policy: Option<&Policy<'_>>, request: &Request<'_>) -> Option<Decision> {
    Some(policy?.decide(request.method, |field| request.lines(field)))
}

/// Runs one scenario; number 0 is the empty call.
fn run(number: usize) {
    let scenario = SCENARIOS[number.saturating_sub(1)];
    let headers = requested_headers(scenario.6);
    let request = Request {
        method: scenario.3,
        origin: scenario.4,
        requested_method: scenario.5,
        requested_headers: &headers,
    };
    let policy = Some(scenario.2()).filter(|_| number > 0);
    let policy = policy.as_ref();
    for _ in 0..CALLS {
        black_box(measured(black_box(policy), black_box(&request)));
    }
}

/// What adapters keep.
type Owned = OwnedPolicy<String, Vec<u32>>;

/// An actual request, allowed, under a policy that was written, and under the same one that was read.
const WRITTEN: usize = 2000;
const READ: usize = 2001;

#[inline(never)]
fn measured_owned(policy: &Owned, request: &Request<'_>) -> Decision {
    policy.decide(request.method, |field| request.lines(field))
}

fn run_owned(number: usize) {
    let policy: Owned = match number {
        WRITTEN => APP.into(),
        _ => Settings::new()
            .origins(["https://app.example.com"])
            .credentials(true)
            .methods(["GET", "POST", "PUT", "DELETE"])
            .request_headers(["content-type", "authorization", "x-request-id"])
            .expose_headers(["x-request-id"])
            .max_age(3600)
            .build()
            .expect("a good policy"),
    };
    let request = Request {
        method: GET,
        origin: APP_ORIGIN,
        requested_method: b"",
        requested_headers: b"",
    };
    for _ in 0..CALLS {
        let _ = black_box(measured_owned(black_box(&policy), black_box(&request)));
    }
}

/// In which order a preflight asks for the names of a list.
#[derive(Clone, Copy)]
enum Order {
    AsListed,
    Descending,
    /// The last name, as often as the list has names.
    Repeated,
    /// The first, the last, the second, the last but one.
    FromBothEnds,
    /// From places that are far apart, each name in upper case and padded.
    Padded,
    /// Two names by turns, as often as may be sent.
    Longest,
}

const ORDERS: [(&str, Order); 6] = [
    ("as listed", Order::AsListed),
    ("descending", Order::Descending),
    ("the last again and again", Order::Repeated),
    ("from both ends", Order::FromBothEnds),
    ("padded, in upper case", Order::Padded),
    ("two by turns, to the bound", Order::Longest),
];
const SIZES: [usize; 3] = [30, 300, 3000];

/// Under a policy that was written; 100 more for one that was read.
const IN_ORDER: usize = 3000;
const CALLS_IN_ORDER: u64 = 10;

impl Order {
    fn asked(self, names: &[String]) -> String {
        let (count, last) = (names.len(), names[names.len() - 1].as_str());
        let name = |number: usize| match self {
            Self::AsListed => names[number].clone(),
            Self::Descending => names[count - 1 - number].clone(),
            Self::FromBothEnds if number % 2 == 0 => names[number / 2].clone(),
            Self::FromBothEnds => names[count - 1 - number / 2].clone(),
            Self::Padded => format!(" {} ", names[number * 7 % count].to_ascii_uppercase()),
            Self::Longest if number % 2 == 0 => names[count / 2].clone(),
            Self::Longest | Self::Repeated => last.to_owned(),
        };
        let asked = match self {
            Self::Longest => (1023 + 4 * names.join(", ").len()).min(65534) / (last.len() + 1),
            _ => count,
        };
        (0..asked).map(name).collect::<Vec<_>>().join(",")
    }
}

fn names(size: usize) -> Vec<String> {
    (0..size).map(|name| format!("x-h{name:05}")).collect()
}

fn run_in_order(number: usize) {
    let names = names(SIZES[number / 10 % 10]);
    let policy: Owned = match number / 100 % 10 {
        0 => Policy::anonymous("https://app.example.com")
            .request_headers(names.join(", ").leak())
            .into(),
        _ => Settings::new()
            .origins(["https://app.example.com"])
            .request_headers(&names)
            .build()
            .expect("a good policy"),
    };
    let headers = ORDERS[number % 10].1.asked(&names);
    let request = Request {
        method: OPTIONS,
        origin: APP_ORIGIN,
        requested_method: GET,
        requested_headers: headers.as_bytes(),
    };
    for _ in 0..CALLS_IN_ORDER {
        let decision = black_box(measured_owned(black_box(&policy), black_box(&request)));
        assert_eq!(decision.denial(), None);
    }
}

/// Whoever asks for listed names in an order of his own choice, or for one again and again, makes a
/// decision cost at most three times as much a byte as a browser that asks for each once.
fn orders() -> Result<bool, String> {
    let mut good = true;
    for (kind, of_kind) in [("written", 0), ("read", 100)] {
        for (size, listed) in SIZES.into_iter().enumerate() {
            let mut as_listed = 0;
            let names = names(listed);
            for (order, (name, asked)) in ORDERS.into_iter().enumerate() {
                let number = IN_ORDER + of_kind + 10 * size + order;
                let instructions = count(number)? * CALLS / CALLS_IN_ORDER;
                if order == 0 {
                    as_listed = instructions;
                }
                let bytes = Order::AsListed.asked(&names).len().max(1);
                let bound = match asked {
                    Order::Longest => {
                        3 * as_listed * asked.asked(&names).len() as u64 / bytes as u64
                    }
                    _ => 3 * as_listed,
                };
                let mark = if instructions <= bound {
                    ""
                } else {
                    "  TOO MANY"
                };
                good &= instructions <= bound;
                println!("{listed} names, {kind}, {name}: {instructions} ({bound}){mark}");
            }
        }
    }
    Ok(good)
}

/// Indexes 100 000 origins; without it, the same but the index.
const BUILD: usize = 1000;

#[inline(never)]
fn measured_build(list: &str, slots: &mut [u32]) {
    OriginIndex::build(list, slots).expect("a list that nature made");
}

fn build() {
    let list = customers(100_000);
    let mut slots = vec![0; OriginIndex::length(&list)];
    measured_build(black_box(&list), black_box(&mut slots));
}

fn count(number: usize) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(program)
        .env("SCENARIO", number.to_string())
        .output()
        .map_err(|error| format!("valgrind (Debian: apt-get install valgrind): {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .find_map(|line| line.split("Collected : ").nth(1)?.trim().parse().ok())
        .map(|instructions: u64| instructions / CALLS)
        .ok_or_else(|| text.into_owned())
}

fn main() -> ExitCode {
    if let Some(number) = std::env::var("SCENARIO").ok().and_then(|n| n.parse().ok()) {
        match number {
            BUILD => build(),
            WRITTEN | READ => run_owned(number),
            IN_ORDER.. => run_in_order(number),
            number => run(number),
        }
        return ExitCode::SUCCESS;
    }
    match table() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Ten times the origins cost at most a twentieth more.
const FLAT: [(&str, &str); 3] = [
    ("actual, the last of 1 000", "actual, the last of 10 000"),
    ("actual, none of 1 000", "actual, none of 10 000"),
    ("actual, a pattern of 1 000", "actual, a pattern of 10 000"),
];

fn table() -> Result<bool, String> {
    let empty = count(0)?;
    let mut good = true;
    let mut counts = HashMap::new();
    println!("{:<36} instructions above an empty call (bound)", "decide");
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        let instructions = count(number + 1)?.saturating_sub(empty);
        let bound = scenario.1;
        counts.insert(scenario.0, instructions);
        good &= instructions <= bound;
        let mark = if instructions <= bound {
            ""
        } else {
            "  TOO MANY"
        };
        println!("{:<36} {instructions:>6} ({bound}){mark}", scenario.0);
    }
    for (few, many) in FLAT {
        if counts[many] * 100 > counts[few] * 105 {
            println!("{many}: more than 1.05 times {few}");
            good = false;
        }
    }
    // What adapters keep costs a written policy next to nothing more; a read one is put together.
    for (name, number, bound) in [
        ("actual, allowed, kept as adapters do", WRITTEN, 150),
        ("the same, of a policy that was read", READ, 166),
    ] {
        let instructions = count(number)?.saturating_sub(empty);
        good &= instructions <= bound;
        println!("{name:<36} {instructions:>6} ({bound})");
    }
    good &= orders()?;
    // Of one call, not of `CALLS`.
    let instructions = count(BUILD)? * CALLS / 99_999;
    println!("to index 100 000 origins: {instructions} instructions an origin");
    Ok(good)
}
