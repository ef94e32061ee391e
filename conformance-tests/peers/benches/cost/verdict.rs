//! Every server must answer as the scenario demands, but for differences that are known.

use crate::scenario::{SCENARIOS, Scenario};
use crate::server::{Around, Framework};

/// Libraries that let a page go on where the policy does not: the scenarios, by the beginning of
/// their names, and why.
const DIFFERENCES: [(&str, &str, &str); 2] = [
    (
        "tower-http",
        "S6",
        "it does not read which headers are asked for",
    ),
    ("rocket_cors", "S6d", "it skips names that are empty"),
];

fn differs(framework: Framework, around: Around, scenario: &Scenario) -> bool {
    DIFFERENCES.iter().any(|(peer, name, _)| {
        around == Around::Peer && framework.peer() == *peer && scenario.name.starts_with(name)
    })
}

/// Prints what is wrong.
pub(crate) fn check() -> bool {
    let mut is_good = true;
    for framework in Framework::ALL {
        for around in Around::ALL {
            for scenario in &SCENARIOS {
                let Some(mut client) = framework.exchange(around, scenario) else {
                    continue;
                };
                let answer = client.answer();
                let is_right = match around.is_cors() {
                    true => {
                        let is_expected = answer.lets(scenario) == scenario.is_allowed;
                        is_expected != differs(framework, around, scenario)
                    }
                    false => scenario.act.is_preflight() || answer.status == 200,
                };
                if !is_right {
                    is_good = false;
                    let (server, around) = (framework.name(), around.name());
                    println!(
                        "{server}, {around}, {}: not expected: {answer:?}",
                        scenario.name
                    );
                }
            }
        }
    }
    is_good
}
