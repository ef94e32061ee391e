//! The tables, one for each framework.

use crate::count::{Cost, Costs};
use crate::goals::{self, Allocations, Bound};
use crate::scenario::{SCENARIOS, Scenario};
use crate::server::{Around, Framework};

/// Prints all of them, and at the end what is missed; whether nothing is.
pub(crate) fn print(costs: &Costs) -> bool {
    let tables = Framework::ALL.map(|framework| Table { costs, framework });
    let missed: Vec<String> = tables.iter().flat_map(Table::print).collect();
    println!("\n{} goals missed", missed.len());
    for miss in &missed {
        println!("missed: {miss}");
    }
    missed.is_empty()
}

struct Table<'c> {
    costs: &'c Costs,
    framework: Framework,
}

impl Table<'_> {
    fn columns(&self) -> impl Iterator<Item = Around> {
        let all = Around::ALL.into_iter();
        all.filter(|around| (0..SCENARIOS.len()).any(|row| self.cost(*around, row).is_some()))
    }

    fn cost(&self, around: Around, row: usize) -> Option<Cost> {
        let key = (self.framework.name(), around.name(), row);
        self.costs.get(&key).copied()
    }

    fn without(&self, row: usize) -> Cost {
        self.cost(Around::Nothing, row).unwrap_or_default()
    }

    /// Over the application without CORS.
    fn over(&self, around: Around, row: usize) -> Option<i64> {
        let without = self.without(row).instructions;
        self.cost(around, row)
            .map(|cost| cost.instructions - without)
    }

    /// What is missed.
    fn print(&self) -> Vec<String> {
        let framework = self.framework;
        println!("\n{}, peer: {}", framework.name(), framework.peer());
        print!("{:<44}", "instructions over the app without CORS");
        for around in self.columns() {
            print!("{:>10}", around.name());
        }
        println!(
            "  {:<22}{:<14}{:>7}{:>7}",
            "goal", "allocations", "floor", "peer"
        );
        let rows = SCENARIOS.iter().enumerate();
        rows.flat_map(|(row, scenario)| self.print_row(row, scenario))
            .collect()
    }

    fn print_row(&self, row: usize, scenario: &Scenario) -> Vec<String> {
        print!("{:<5}{:<39}", scenario.name, scenario.about);
        for around in self.columns() {
            match (around, self.over(around, row)) {
                (Around::Nothing, _) => print!("{:>10}", self.without(row).instructions),
                (_, Some(instructions)) => print!("{instructions:>10}"),
                (_, None) => print!("{:>10}", ""),
            }
        }
        let most = self.most(row, scenario);
        let ours = self.over(Around::Written, row);
        let held = goals::held(self.framework, scenario);
        let is_reached = most.is_none_or(|most| ours <= Some(most));
        let is_dear = !is_reached && held.is_none_or(|held| ours > Some(held));
        let name = format!("{}, {}", self.framework.name(), scenario.name);
        let mut missed = Vec::new();
        if let (true, Some(ours), Some(most)) = (is_dear, ours, held.or(most)) {
            missed.push(format!("{name}: {ours} instructions, at most {most}"));
        }
        let has_goal = goals::instructions(self.framework, scenario).is_some();
        if has_goal && (ours.is_none() || most.is_none()) {
            missed.push(format!("{name}: not counted"));
        }
        let goal = most.map(|most| match held {
            Some(held) if !is_reached => format!("≤ {held} (goal {most}){}", mark(is_dear)),
            _ => format!("≤ {most}{}", mark(is_dear)),
        });
        print!("  {:<22}", goal.unwrap_or_default());

        let allocations = |around| {
            let without = match scenario.act.is_preflight() {
                true => 0,
                false => self.without(row).allocations,
            };
            self.cost(around, row)
                .map(|cost| cost.allocations - without)
        };
        let most = match goals::allocations(self.framework, scenario) {
            Allocations::More(most) | Allocations::Total(most) => most,
            Allocations::NoOp => allocations(Around::NoOp).unwrap_or_default(),
        };
        let live = allocations(Around::Live).map(|count| count - goals::of_live(self.framework));
        let ours = [
            allocations(Around::Written),
            allocations(Around::Read),
            live,
        ];
        let ours = ours.into_iter().flatten().max().unwrap_or_default();
        print!("{:<14}", format!("{ours} ≤ {most}{}", mark(ours > most)));
        for around in [Around::Floor, Around::Peer] {
            let allocations = allocations(around).map(|count| count.to_string());
            print!("{:>7}", allocations.unwrap_or_default());
        }
        println!();
        if ours > most {
            missed.push(format!("{name}: {ours} allocations, at most {most}"));
        }
        missed
    }

    fn most(&self, row: usize, scenario: &Scenario) -> Option<i64> {
        let of = |around, times: f64| {
            let instructions = self.over(around, row)?;
            #[expect(clippy::cast_possible_truncation, reason = "a few millions")]
            #[expect(clippy::cast_precision_loss, reason = "a few millions")]
            Some((instructions as f64 * times) as i64)
        };
        match goals::instructions(self.framework, scenario)? {
            Bound::Floor(times) => of(Around::Floor, times),
            Bound::Insert(times) => of(Around::FloorInsert, times),
            Bound::Peer(times) => of(Around::Peer, times),
            Bound::BelowNothing => Some(-1),
            Bound::Refused(more) => {
                let refused = SCENARIOS.iter().position(|scenario| scenario.name == "S5");
                Some(self.over(Around::Written, refused?)? + more)
            }
        }
    }
}

fn mark(is_missed: bool) -> &'static str {
    match is_missed {
        true => " MISSED",
        false => "",
    }
}
