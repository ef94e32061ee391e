//! What the adapters here may cost, as data.

use crate::scenario::Scenario;
use crate::server::Framework;

/// The most instructions over the application without CORS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// Times the floor's.
    Floor(f64),
    /// Times the floor's that inserts into a new map.
    Insert(f64),
    /// Times those of the library that users have.
    Peer(f64),
    /// Less than nothing: refusing costs less than the application's own answer.
    BelowNothing,
    /// So many more than a preflight of an origin that is not allowed (S5).
    Refused(i64),
}

use Bound::{BelowNothing, Floor, Insert, Peer, Refused};

/// By the scenario's name; `S6` is all whose names begin with it.
type Goals = &'static [(&'static str, Bound)];

#[rustfmt::skip]
const TOWER: Goals = &[
    ("S1", Floor(1.05)), ("S2", Floor(1.18)), ("S3", Peer(0.25)), ("S4", Insert(1.3)), ("S5", Floor(0.5)),
    ("S6", Refused(400)), ("S8", Floor(1.2)), ("S9", Floor(1.3)), ("S10a", Floor(1.1)), ("S10b", Insert(1.4)),
];
#[rustfmt::skip]
const AXUM: Goals = &[
    ("S1", Floor(1.1)), ("S2", Floor(1.15)), ("S3", Floor(0.95)), ("S4", Floor(1.1)), ("S5", Floor(0.95)),
    ("S6", Refused(400)), ("S8", Floor(1.2)), ("S9", Floor(1.25)), ("S10a", Floor(1.12)), ("S10b", Floor(1.12)),
];
#[rustfmt::skip]
const ACTIX: Goals = &[
    ("S1", Peer(0.45)), ("S2", Peer(0.65)), ("S3", BelowNothing), ("S4", Peer(0.25)), ("S5", BelowNothing),
    ("S6", Refused(400)), ("S8", Peer(0.75)), ("S9", Peer(0.86)), ("S10a", Peer(0.65)), ("S10b", Peer(0.2)),
];
#[rustfmt::skip]
const ROCKET: Goals = &[
    ("S1", Peer(1.0)), ("S2", Peer(0.3)), ("S3", Peer(0.25)), ("S4", Peer(0.25)), ("S5", BelowNothing),
    ("S6", Refused(2500)), ("S8", Peer(0.32)), ("S9", Peer(0.3)), ("S10a", Peer(0.2)), ("S10b", Peer(0.2)),
];
/// Of `cors`; warp's own knows no pattern (S9).
#[rustfmt::skip]
const WARP: Goals = &[
    ("S2", Peer(1.3)), ("S3", Peer(1.0)), ("S4", Peer(0.4)), ("S5", BelowNothing),
    ("S6", Refused(400)), ("S8", Peer(1.4)), ("S10a", Peer(1.6)), ("S10b", Peer(0.3)),
];

/// What this scenario may cost; S6 is every hostile preflight.
pub(crate) fn instructions(framework: Framework, scenario: &Scenario) -> Option<Bound> {
    let goals = match framework {
        Framework::Tower => TOWER,
        Framework::Axum => AXUM,
        Framework::Actix => ACTIX,
        Framework::Rocket => ROCKET,
        Framework::Warp => WARP,
    };
    let mut goals = goals.iter();
    let name = match scenario.name.starts_with("S6") {
        true => "S6",
        false => scenario.name,
    };
    goals.find(|(of, _)| *of == name).map(|(_, bound)| *bound)
}

/// By its name, the most instructions of a scenario over the application without CORS.
type Held = (Framework, &'static str, i64);

/// What is held where a goal is not reached, and what stands in the way, measured by leaving it out or in a
/// profile.
///
/// It is what is counted, and one in a hundred more, at least 30: folders, environments and seeds move
/// counts by less. They move those of Rocket, which hashes names with seeds, by up to 200.
#[rustfmt::skip]
const UNREACHED: &[(&str, &[Held])] = &[
    ("The names of the response's headers are read, to find what a handler said about CORS: 38 to 95, and 350 to 820 with \
      Rocket, which builds a header to show its name; an event, if anybody listened to denials: 14.", &[
        (Framework::Tower, "S1", 980), (Framework::Tower, "S10a", 1260),
        (Framework::Axum, "S1", 2180), (Framework::Axum, "S10a", 2500),
        (Framework::Actix, "S1", 910),
        (Framework::Rocket, "S2", 9650), (Framework::Rocket, "S3", 6140), (Framework::Rocket, "S9", 9950), (Framework::Rocket, "S10a", 6090),
    ]),
    ("The denial goes along in the response's extensions, for middleware that counts or logs: 709. Its event: 50.", &[
        (Framework::Tower, "S3", 2190), (Framework::Tower, "S5", 1070),
        (Framework::Axum, "S3", 2280), (Framework::Axum, "S5", 2070),
        (Framework::Warp, "S3", 2540), (Framework::Warp, "S5", 790),
    ]),
    ("An allowed origin gets what would pass, and a text that names what failed: 1 659, and 2 821 where 1 024 lines are asked \
      for; with 64 KiB it costs what it costs with 8. The goals are those of a refusal that tells nothing.", &[
        (Framework::Tower, "S6a", 4700), (Framework::Tower, "S6b", 4700), (Framework::Tower, "S6c", 4700), (Framework::Tower, "S6d", 7480), (Framework::Tower, "S6A", 4700), (Framework::Tower, "S6B", 4700), (Framework::Tower, "S6C", 4700),
        (Framework::Axum, "S6a", 6910), (Framework::Axum, "S6b", 6910), (Framework::Axum, "S6c", 6910), (Framework::Axum, "S6d", 9690), (Framework::Axum, "S6A", 6910), (Framework::Axum, "S6B", 6910), (Framework::Axum, "S6C", 6910),
        (Framework::Actix, "S6a", 1260), (Framework::Actix, "S6b", 1260), (Framework::Actix, "S6c", 1260), (Framework::Actix, "S6d", 2680), (Framework::Actix, "S6A", 1260), (Framework::Actix, "S6B", 1260), (Framework::Actix, "S6C", 1260),
        (Framework::Rocket, "S6a", 14140), (Framework::Rocket, "S6b", 14140), (Framework::Rocket, "S6c", 14140), (Framework::Rocket, "S6d", 16290), (Framework::Rocket, "S6A", 14140), (Framework::Rocket, "S6B", 14140), (Framework::Rocket, "S6C", 14140),
        (Framework::Warp, "S6a", 4500), (Framework::Warp, "S6b", 4500), (Framework::Warp, "S6c", 4500), (Framework::Warp, "S6d", 7280), (Framework::Warp, "S6A", 4500), (Framework::Warp, "S6B", 4500), (Framework::Warp, "S6C", 4500),
    ]),
    ("Every requested name is read, in any spelling, where the floor compares one text, and the names are echoed where it says \
      `*`: 650 to look them up.", &[
        (Framework::Tower, "S10b", 2320),
        (Framework::Axum, "S4", 3270), (Framework::Axum, "S10b", 3610),
        (Framework::Rocket, "S10b", 11780),
        (Framework::Warp, "S10b", 2000),
    ]),
    ("A route that Rocket asks first keeps a refused request from every handler: no fairing can, as another may undo it.", &[
        (Framework::Rocket, "S1", 3990),
    ]),
    ("What warp offers a filter around filters: a response that is thrown away, and its own state. `CorsLayer` around \
      `warp::service` does without both: 506 to 1 115.", &[
        (Framework::Warp, "S2", 2350), (Framework::Warp, "S8", 2540), (Framework::Warp, "S10a", 1730),
    ]),
];

/// What is held until the goal is reached, if it is not.
pub(crate) fn held(framework: Framework, scenario: &Scenario) -> Option<i64> {
    let is_it = |(of, name, _): &&Held| *of == framework && *name == scenario.name;
    let mut all = UNREACHED.iter().flat_map(|(_, held)| *held);
    all.find(is_it).map(|(_, _, most)| *most)
}

/// The most allocations of all policies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Allocations {
    /// So many more than without CORS.
    More(i64),
    /// No more than a middleware that does nothing: axum boxes each, and clones the boxes.
    NoOp,
    /// So many, the response's own included.
    Total(i64),
}

/// So many allocations more are a live policy's: Rocket keeps what is in force in the request's cache.
pub(crate) fn of_live(framework: Framework) -> i64 {
    match framework {
        Framework::Rocket => 2,
        _ => 0,
    }
}

pub(crate) fn allocations(framework: Framework, scenario: &Scenario) -> Allocations {
    // A denial goes along with the response, in a map that costs two or three.
    let (actual, denied, allowed, any, refused, explained) = match framework {
        Framework::Tower => (Allocations::More(0), 3, 2, 2, 3, 7),
        // A clone of the headers has no room for what axum adds.
        Framework::Axum => (Allocations::NoOp, 4, 10, 10, 12, 18),
        Framework::Actix => (Allocations::More(0), 0, 1, 1, 3, 5),
        Framework::Rocket => (Allocations::More(7), 3, 19, 18, 14, 23),
        Framework::Warp => (Allocations::More(0), 3, 2, 2, 3, 8),
    };
    match scenario.act.is_preflight() {
        false if !scenario.is_allowed => Allocations::More(denied),
        false => actual,
        true if scenario.name.starts_with("S6") => Allocations::Total(explained),
        true if !scenario.is_allowed => Allocations::Total(refused),
        true if scenario.origins.is_any() => Allocations::Total(any),
        true => Allocations::Total(allowed),
    }
}
