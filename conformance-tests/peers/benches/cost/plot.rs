//! Cost against the number of origins and the length of a hostile header, as an SVG that is readable
//! on light and on dark pages.

use std::fmt::Write;

use crate::count::Costs;
use crate::scenario::{Act, Scenario};
use crate::server::{Around, Framework};

pub(crate) const AROUND: [Around; 2] = [Around::Written, Around::Peer];

const ORIGINS: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];
const COUNTS: [&str; 6] = ["1", "10", "100", "1 000", "10 000", "100 000"];
/// A name that the policy lists: no library stops at the first.
const NAME: &str = "authorization,";
/// How often.
const NAMES: [usize; 7] = [0, 1, 5, 37, 293, 1_170, 4_681];
const LENGTHS: [&str; 7] = ["0", "14 B", "70 B", "½ KiB", "4 KiB", "16 KiB", "64 KiB"];

/// First those of the number of origins.
pub(crate) fn scenarios() -> impl Iterator<Item = Scenario> {
    let length = |names| Act::Hostile(NAME, names * NAME.len());
    ORIGINS.into_iter().map(Scenario::last_of).chain(
        NAMES
            .into_iter()
            .map(move |names| Scenario::new("", "", length(names))),
    )
}

const STYLE: &str = "
svg { font: 13px system-ui, sans-serif; }
.page { fill: #ffffff; }
text { fill: #24292f; }
.small { fill: #57606a; font-size: 12px; }
.grid { stroke: #d0d7de; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.peer { stroke-width: 2; stroke-dasharray: 6 4; }
.s0 { stroke: #0969da; } .s1 { stroke: #1a7f37; } .s2 { stroke: #bc4c00; }
.s3 { stroke: #cf222e; } .s4 { stroke: #8250df; } .key { stroke: #24292f; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; }
  text, .small { fill: #d1d7e0; }
  .grid { stroke: #30363d; }
  .s0 { stroke: #58a6ff; } .s1 { stroke: #3fb950; } .s2 { stroke: #f0a33b; }
  .s3 { stroke: #ff7b72; } .s4 { stroke: #bc8cff; } .key { stroke: #d1d7e0; }
}
";

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 430.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 330.0;
/// Decades from and to.
const LEAST: f64 = 2.9;
const MOST: f64 = 7.2;

/// A diagram from here to there, and the costs that it shows.
struct Panel<'p> {
    left: f64,
    right: f64,
    title: &'p str,
    ticks: Vec<String>,
    first: usize,
}

pub(crate) fn draw(costs: &Costs) -> String {
    let origins = Panel {
        left: 62.0,
        right: 430.0,
        title: "origins in the policy (actual request from the last)",
        ticks: COUNTS.map(str::to_owned).to_vec(),
        first: 0,
    };
    let lengths = Panel {
        left: 480.0,
        right: 848.0,
        title: "length of Access-Control-Request-Headers, one name repeated",
        ticks: LENGTHS.map(str::to_owned).to_vec(),
        first: ORIGINS.len(),
    };
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img'>\n\
         <title>Instructions of a request, against the number of origins and the length of a \
         header</title>\n<style>{STYLE}</style>\n\
         <rect class='page' width='{WIDTH}' height='{HEIGHT}' rx='8'/>\n\
         <text x='20' y='28'>Instructions of a whole request, in process, without a socket</text>\n"
    );
    for panel in [origins, lengths] {
        panel.draw(&mut svg, costs);
    }
    legend(&mut svg);
    svg + "</svg>\n"
}

impl Panel<'_> {
    fn draw(&self, svg: &mut String, costs: &Costs) {
        let (left, right) = (self.left, self.right);
        for decade in 3..=7 {
            let y = height(10_f64.powi(decade));
            put(
                svg,
                format_args!("<path class='grid' d='M{left} {y:.1}H{right}'/>"),
            );
            let x = left - 8.0;
            let label =
                ["1k", "10k", "100k", "1M", "10M"][usize::try_from(decade - 3).unwrap_or(0)];
            let y = y + 4.0;
            put(
                svg,
                format_args!(
                    "<text class='small' x='{x}' y='{y:.1}' text-anchor='end'>{label}</text>"
                ),
            );
        }
        for (place, tick) in self.ticks.iter().enumerate() {
            let (x, y) = (self.x(place), BOTTOM + 18.0);
            put(
                svg,
                format_args!(
                    "<text class='small' x='{x:.1}' y='{y}' text-anchor='middle'>{tick}</text>"
                ),
            );
        }
        let (x, y) = (f64::midpoint(left, right), BOTTOM + 38.0);
        put(
            svg,
            format_args!(
                "<text class='small' x='{x}' y='{y}' text-anchor='middle'>{}</text>",
                self.title
            ),
        );
        for (color, framework) in Framework::ALL.into_iter().enumerate() {
            for around in AROUND {
                let points = (0..self.ticks.len()).filter_map(|place| {
                    let key = (framework.name(), around.name(), self.first + place);
                    let y = height(count(costs.get(&key)?.instructions));
                    Some(format!("{:.1},{y:.1}", self.x(place)))
                });
                let points: Vec<String> = points.collect();
                let (points, class) = (points.join(" "), class(around));
                put(
                    svg,
                    format_args!("<polyline class='line {class}s{color}' points='{points}'/>"),
                );
            }
        }
    }

    fn x(&self, place: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let part = place as f64 / (self.ticks.len() - 1) as f64;
        self.left + 12.0 + (self.right - self.left - 24.0) * part
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few millions")]
fn count(instructions: i64) -> f64 {
    instructions.max(1) as f64
}

fn height(instructions: f64) -> f64 {
    let part = (instructions.log10() - LEAST) / (MOST - LEAST);
    BOTTOM - (BOTTOM - TOP) * part
}

fn class(around: Around) -> &'static str {
    match around {
        Around::Peer => "peer ",
        _ => "",
    }
}

fn legend(svg: &mut String) {
    let frameworks = Framework::ALL.into_iter().enumerate();
    for (color, framework) in frameworks {
        let place = [0.0, 110.0, 220.0, 330.0, 440.0][color];
        key(svg, (place, 62.0), &format!("s{color}"), framework.name());
    }
    key(svg, (0.0, 84.0), "key", "the adapters here");
    let peers = "tower-http, actix-cors, rocket_cors, warp::cors";
    key(svg, (220.0, 84.0), "peer key", peers);
}

fn key(svg: &mut String, (right, below): (f64, f64), class: &str, name: &str) {
    let (x, y) = (62.0 + right, BOTTOM + below);
    let (end, text, base) = (x + 28.0, x + 35.0, y + 4.0);
    put(
        svg,
        format_args!("<path class='line {class}' d='M{x} {y}H{end}'/>"),
    );
    put(
        svg,
        format_args!("<text class='small' x='{text}' y='{base}'>{name}</text>"),
    );
}

fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    writeln!(svg, "{element}").expect("a string takes everything");
}
