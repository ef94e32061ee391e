//! A server is a framework and what stands around its application.

use crate::scenario::{Act, Answer, Origins, Scenario};
use crate::{actix, axum, rocket, tower, warp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Tower,
    Axum,
    Actix,
    Rocket,
    Warp,
}

impl Framework {
    pub(crate) const ALL: [Self; 5] = [
        Self::Tower,
        Self::Axum,
        Self::Actix,
        Self::Rocket,
        Self::Warp,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tower => "tower",
            Self::Axum => "axum",
            Self::Actix => "actix-web",
            Self::Rocket => "Rocket",
            Self::Warp => "warp",
        }
    }

    /// The library that its users have.
    pub(crate) const fn peer(self) -> &'static str {
        match self {
            Self::Tower | Self::Axum => "tower-http",
            Self::Actix => "actix-cors",
            Self::Rocket => "rocket_cors",
            Self::Warp => "warp::cors",
        }
    }

    /// A client of the server, unless there is no such server.
    pub(crate) fn exchange(self, around: Around, scenario: &Scenario) -> Option<Box<dyn Exchange>> {
        if !around.serves(self, scenario) {
            return None;
        }
        match self {
            Self::Tower => tower::exchange(around, scenario),
            Self::Axum => axum::exchange(around, scenario),
            Self::Actix => actix::exchange(around, scenario),
            Self::Rocket => rocket::exchange(around, scenario),
            Self::Warp => Some(warp::exchange(around, scenario)),
        }
    }
}

/// What stands around the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Around {
    Nothing,
    /// A middleware that does nothing.
    NoOp,
    /// The least that could be written by hand. It clones a ready header map for a preflight, where
    /// the framework lets it.
    Floor,
    /// The same; it inserts the headers into a new map.
    FloorInsert,
    /// The adapter here, with a policy that is written.
    Written,
    /// With one that is read.
    Read,
    /// With one that is read and can be replaced.
    Live,
    /// `CorsLayer` around `warp::service`.
    Layer,
    /// The library that users have today.
    Peer,
}

impl Around {
    pub(crate) const ALL: [Self; 9] = [
        Self::Nothing,
        Self::NoOp,
        Self::Floor,
        Self::FloorInsert,
        Self::Written,
        Self::Read,
        Self::Live,
        Self::Layer,
        Self::Peer,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "without",
            Self::NoOp => "no-op",
            Self::Floor => "floor",
            Self::FloorInsert => "insert",
            Self::Written => "ours",
            Self::Read => "read",
            Self::Live => "live",
            Self::Layer => "layer",
            Self::Peer => "peer",
        }
    }

    /// It decides something.
    pub(crate) const fn is_cors(self) -> bool {
        !matches!(self, Self::Nothing | Self::NoOp)
    }

    fn serves(self, framework: Framework, scenario: &Scenario) -> bool {
        match self {
            // actix-web gives a response a used map, Rocket has its own.
            Self::FloorInsert => {
                !matches!(framework, Framework::Actix | Framework::Rocket)
                    && scenario.act == Act::Preflight
                    && scenario.is_allowed
            }
            Self::Read | Self::Live => matches!(scenario.name, "S2" | "S4"),
            Self::Layer => framework == Framework::Warp,
            // warp's own knows no patterns.
            Self::Peer => framework != Framework::Warp || scenario.origins != Origins::Subdomains,
            Self::Nothing | Self::NoOp | Self::Floor | Self::Written => true,
        }
    }
}

/// A client in the server's process.
pub(crate) trait Exchange {
    /// Makes a request ready.
    fn prepare(&mut self);
    /// Sends one that is ready, waits for the response and drops it: what is measured.
    fn send(&mut self);
    /// The answer to one request.
    fn answer(&mut self) -> Answer;
}

/// A client: how to make a request, how to send it, and how to read the response.
pub(crate) fn client<Request: 'static, Response>(
    prepare: impl FnMut() -> Request + 'static,
    send: impl FnMut(Request) -> Response + 'static,
    read: impl Fn(Response) -> Answer + 'static,
) -> Box<dyn Exchange> {
    Box::new(Client {
        ready: Vec::with_capacity(32),
        prepare,
        send,
        read,
    })
}

struct Client<Request, P, S, R> {
    ready: Vec<Request>,
    prepare: P,
    send: S,
    read: R,
}

impl<Request, Response, P, S, R> Exchange for Client<Request, P, S, R>
where
    P: FnMut() -> Request,
    S: FnMut(Request) -> Response,
    R: Fn(Response) -> Answer,
{
    fn prepare(&mut self) {
        self.ready.push((self.prepare)());
    }

    fn send(&mut self) {
        if let Some(request) = self.ready.pop() {
            (self.send)(request);
        }
    }

    fn answer(&mut self) -> Answer {
        let request = (self.prepare)();
        (self.read)((self.send)(request))
    }
}
