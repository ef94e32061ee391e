//! Times, as ratios only: all servers of a framework take batches in turn, so that what else the
//! machine does slows all, and the 10th percentiles are compared.

use std::time::{Duration, Instant};

use crate::scenario::{SCENARIOS, Scenario};
use crate::server::{Around, Exchange, Framework};

const BATCH: u32 = 32;
const ROUNDS: usize = 400;
/// Long requests take fewer rounds, but not less than a percentile needs.
const MOST: Duration = Duration::from_secs(2);

/// Prints the whole request's time over that without CORS.
pub(crate) fn print() {
    for framework in Framework::ALL {
        println!("\n{}: times the time without CORS", framework.name());
        for scenario in &SCENARIOS {
            print!("{:<5}{:<39}", scenario.name, scenario.about);
            for (around, ratio) in ratios(framework, scenario) {
                print!("{:>9} {ratio:<6.2}", around.name());
            }
            println!();
        }
    }
}

fn ratios(framework: Framework, scenario: &Scenario) -> Vec<(Around, f64)> {
    let mut servers: Vec<_> = Around::ALL
        .into_iter()
        .filter_map(|around| Some((around, framework.exchange(around, scenario)?, Vec::new())))
        .collect();
    let begin = Instant::now();
    for round in 0..ROUNDS {
        if round > 20 && begin.elapsed() > MOST {
            break;
        }
        for (_, client, times) in &mut servers {
            times.push(batch(&mut **client));
        }
    }
    let tenths: Vec<(Around, f64)> = servers
        .into_iter()
        .map(|(around, _, times)| (around, tenth(times)))
        .collect();
    let without = tenths.first().map_or(1.0, |(_, time)| *time);
    let ratio = |(around, time)| (around, time / without);
    tenths.into_iter().skip(1).map(ratio).collect()
}

fn batch(client: &mut dyn Exchange) -> Duration {
    for _ in 0..BATCH {
        client.prepare();
    }
    let begin = Instant::now();
    for _ in 0..BATCH {
        client.send();
    }
    begin.elapsed()
}

fn tenth(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 10].as_secs_f64()
}
