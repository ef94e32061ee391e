//! What CORS costs a request in each framework, in process, beside the application without it, the
//! least that could be written by hand, and the library that users have today:
//!
//! ```console
//! cargo bench -p peers
//! ```
//!
//! counts instructions and allocations (valgrind is needed) and fails above the [goals] or if a
//! server does not answer as it must. `-- --time` compares times as well, `-- --svg PATH`, seen from
//! the package, draws cost against the number of origins and the length of a hostile header.

mod actix;
mod axum;
mod count;
mod floor;
mod goals;
mod plot;
mod rocket;
mod scenario;
mod server;
mod service;
mod table;
mod time;
mod tower;
mod verdict;
mod warp;

use std::env;
use std::process::ExitCode;

use count::Set;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some((count::COUNTED, arguments)) = arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        count::counted(arguments);
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing is missed.
fn run(arguments: &[String]) -> Result<bool, String> {
    let mut is_timed = false;
    let mut svg = None;
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            // cargo says so.
            "--bench" => {}
            "--time" => is_timed = true,
            "--svg" => svg = Some(arguments.next().ok_or("--svg PATH")?),
            other => return Err(format!("{other}: there are --time and --svg PATH")),
        }
    }
    let mut is_good = table::print(&count::count(Set::Table)?);
    // What is wrong is printed last: logs are cut.
    is_good &= verdict::check();
    if is_timed {
        time::print();
    }
    if let Some(path) = svg {
        let svg = plot::draw(&count::count(Set::Plot)?);
        std::fs::write(path, svg).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(is_good)
}
