//! Instructions and allocations of one request, counted by callgrind, which no other load changes.
//!
//! The program runs itself under valgrind, once for a server, and collects only below [`measured`].
//! Allocations are calls of the C library's functions: a counting allocator would cost instructions
//! of its own. Callgrind counts calls wherever they are, so that each counted request has a profile
//! that nothing else is in.
//!
//! Other machines and folders must count the same, or no bound could be held. What varies is kept
//! out: the allocator, which works more or less by what lay in the heap before, has [`PRICES`]; the C
//! library uses no instructions that not every processor has; the environment is empty. A hash map
//! with a random seed collides now and then, so that the least of some clients counts.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::{env, fs, thread};

use crate::plot;
use crate::scenario::{SCENARIOS, Scenario};
use crate::server::{Around, Exchange, Framework};

/// Of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) instructions: i64,
    pub(crate) allocations: i64,
}

/// By framework, what is around the application, and the number of the scenario.
pub(crate) type Costs = HashMap<(&'static str, &'static str, usize), Cost>;

/// What is to be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Set {
    Table,
    Plot,
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Plot => "plot",
        }
    }

    fn scenarios(self) -> Vec<Scenario> {
        match self {
            Self::Table => SCENARIOS.to_vec(),
            Self::Plot => plot::scenarios().collect(),
        }
    }

    fn around(self) -> &'static [Around] {
        match self {
            Self::Table => &Around::ALL,
            Self::Plot => &plot::AROUND,
        }
    }
}

/// Begins the arguments of the program under valgrind.
pub(crate) const COUNTED: &str = "--counted";

/// The C library chooses a `memcpy` for the processor. glibc has had two spellings.
const ANY_PROCESSOR: &str = "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX,-AVX_Fast_Unaligned_Load,\
                             -BMI2,-ERMS,-FSRM,-LZCNT,-MOVBE,-SSE4_1,-SSE4_2,-SSSE3";

#[inline(never)]
fn measured(client: &mut dyn Exchange) {
    client.send();
}

/// Callgrind writes what it has collected when this returns.
#[inline(never)]
fn end_of_batch() {
    black_box(());
}

/// The program under valgrind; prints the number of the scenario for each client that it has measured.
pub(crate) fn counted(arguments: &[String]) {
    let [set, framework, around] = arguments else {
        panic!("not by hand");
    };
    let sets = [Set::Table, Set::Plot];
    let set = sets.into_iter().find(|known| known.name() == set);
    let mut frameworks = Framework::ALL.into_iter();
    let framework = frameworks.find(|known| known.name() == framework);
    let around = Around::ALL.into_iter().find(|known| known.name() == around);
    let framework = framework.expect("a framework");
    let around = around.expect("what is around");
    for (number, scenario) in set.expect("a set").scenarios().iter().enumerate() {
        for _ in 0..scenario.clients() {
            let Some(mut client) = framework.exchange(around, scenario) else {
                continue;
            };
            for _ in 0..scenario.warm_up() {
                client.prepare();
                client.send();
            }
            client.prepare();
            // Callgrind does not write a profile that nothing is in.
            measured(&mut *client);
            client.prepare();
            end_of_batch();
            measured(&mut *client);
            end_of_batch();
            println!("{number}");
        }
    }
}

/// As many servers at once as there are processors.
pub(crate) fn count(set: Set) -> Result<Costs, String> {
    let servers = Framework::ALL
        .into_iter()
        .flat_map(|framework| set.around().iter().map(move |around| (framework, *around)));
    let servers = Mutex::new(servers);
    let costs = Mutex::new(Ok(Costs::new()));
    let work = || {
        loop {
            let next = servers.lock().expect("no panic").next();
            let Some((framework, around)) = next else {
                break;
            };
            let counted = of_server(set, framework, around);
            let mut costs = costs.lock().expect("no panic");
            match (&mut *costs, counted) {
                (Ok(costs), Ok(counted)) => costs.extend(counted),
                (_, Err(error)) => *costs = Err(error),
                (Err(_), _) => break,
            }
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(work);
        }
    });
    let costs = costs.into_inner().expect("no panic")?;
    let is_seen = |seen: fn(&Cost) -> i64| costs.values().any(|cost| seen(cost) > 0);
    match is_seen(|cost| cost.instructions) && is_seen(|cost| cost.allocations) {
        true => Ok(costs),
        false => Err("callgrind does not see what is measured, or `malloc`".to_owned()),
    }
}

fn of_server(set: Set, framework: Framework, around: Around) -> Result<Costs, String> {
    let name = format!("{}-{}-{}", set.name(), framework.name(), around.name());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cost")
        .join(name);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(failed)?;
    let profile = folder.join("profile");
    let mut file = std::ffi::OsString::from("--callgrind-out-file=");
    file.push(&profile);
    let output = Command::new("valgrind")
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("GLIBC_TUNABLES", ANY_PROCESSOR)
        .current_dir(&folder)
        .args(["--tool=callgrind", "--compress-strings=no"])
        .arg(file)
        .args(["--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg("--dump-after=*end_of_batch*")
        .arg(env::current_exe().map_err(failed)?)
        .args([COUNTED, set.name(), framework.name(), around.name()])
        .output()
        .map_err(|error| format!("valgrind (Debian: apt-get install valgrind): {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut costs = Costs::new();
    let numbers = String::from_utf8_lossy(&output.stdout);
    for (client, number) in numbers.lines().enumerate() {
        let number: usize = number.parse().map_err(|_| format!("{number}: no number"))?;
        // The first has all calls since the last client's in it.
        let part = 2 * client + 2;
        let counted = fs::read_to_string(format!("{}.{part}", profile.display()));
        let counted = Cost::of(&counted.map_err(failed)?);
        let key = (framework.name(), around.name(), number);
        let least = costs.entry(key).or_insert(counted);
        if counted.instructions < least.instructions {
            *least = counted;
        }
    }
    fs::remove_dir_all(&folder).map_err(failed)?;
    Ok(costs)
}

/// What calls of the allocator count as: what glibc 2.36 takes if it has a piece of that size at hand,
/// and mostly to make one larger.
const PRICES: [(&str, i64); 6] = [
    ("malloc", 41),
    ("calloc", 150),
    ("realloc", 400),
    ("posix_memalign", 200),
    ("aligned_alloc", 200),
    (FREE, 88),
];

const FREE: &str = "free";

fn price(function: &str) -> Option<i64> {
    let mut prices = PRICES.iter();
    let price = prices.find(|(name, _)| *name == function);
    price.map(|(_, price)| *price)
}

impl Cost {
    /// Callgrind's format: <https://valgrind.org/docs/manual/cl-format.html>.
    fn of(profile: &str) -> Self {
        let mut cost = Self::default();
        let (mut function, mut called) = ("", "");
        let mut lines = profile.lines();
        while let Some(line) = lines.next() {
            match line.split_once('=') {
                Some(("fn", name)) => function = name,
                Some(("cfn", name)) => called = name,
                Some(("calls", calls)) => {
                    // The place of the call, and all that it costs.
                    let spent = lines.next().and_then(|line| line.split_once(' '));
                    let is_within = price(function).is_some();
                    if let Some(price) = price(called).filter(|_| !is_within) {
                        let calls = first(calls);
                        cost.instructions += calls * price - spent.map_or(0, |(_, of)| first(of));
                        cost.allocations += if called == FREE { 0 } else { calls };
                    }
                }
                _ => {}
            }
            if let Some(total) = line.strip_prefix("totals:") {
                cost.instructions += first(total);
            }
        }
        cost
    }
}

fn first(numbers: &str) -> i64 {
    let number = numbers.split_whitespace().next();
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
