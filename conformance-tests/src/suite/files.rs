//! The files of the `cases` folder, which is the whole suite.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::suite::block::blocks;
use crate::suite::case::{Case, Configuration};
use crate::suite::case_error::{CaseError, CaseErrors};
use crate::suite::case_text::CaseText;
use crate::suite::policy::PolicyFile;

/// A file: its name, and what it contains.
type File = (&'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        (
            concat!("cases/", $name),
            include_str!(concat!("../../cases/", $name)),
        )
    };
}

const POLICIES: File = file!("policies.toml");
const CONFIGURATIONS: File = file!("config.toml");
const CASES: [File; 20] = [
    file!("classification.toml"),
    file!("debug.toml"),
    file!("denied.toml"),
    file!("expose.toml"),
    file!("many.toml"),
    file!("methods.toml"),
    file!("mixed.toml"),
    file!("origin.toml"),
    file!("own.toml"),
    file!("pattern.toml"),
    file!("preflight.toml"),
    file!("private-network.toml"),
    file!("refused-preflight.toml"),
    file!("request-headers.toml"),
    file!("sharing.toml"),
    file!("status.toml"),
    file!("timing.toml"),
    file!("vary.toml"),
    file!("vectors-origin.toml"),
    file!("vectors-preflight.toml"),
];

/// All cases. One that cannot be read is left out; [`check_cases`] has its place.
#[must_use]
pub fn cases() -> Vec<Case> {
    SUITE.cases.clone()
}

/// All configurations. One that cannot be read is left out; [`check_cases`] has its place.
#[must_use]
pub fn configurations() -> Vec<Configuration> {
    SUITE.configurations.clone()
}

/// Every case, policy and configuration of the suite can be read.
///
/// # Errors
///
/// Each that cannot, with its file and its line.
pub fn check_cases() -> Result<(), CaseErrors> {
    match SUITE.errors.is_empty() {
        true => Ok(()),
        false => Err(CaseErrors(SUITE.errors.clone())),
    }
}

static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::read(POLICIES, &CASES, CONFIGURATIONS));

#[derive(Default)]
struct Suite {
    cases: Vec<Case>,
    configurations: Vec<Configuration>,
    errors: Vec<CaseError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(default)]
    case: Vec<CaseText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigurationFile {
    #[serde(default)]
    config: Vec<Configuration>,
}

impl Suite {
    fn read(policies: File, cases: &[File], configurations: File) -> Self {
        let mut suite = Self::default();
        let (mut by_name, mut wrong) = (BTreeMap::new(), BTreeSet::new());
        for block in blocks(policies, |line| line.starts_with('[')) {
            match block.read::<BTreeMap<String, PolicyFile>>() {
                Ok(read) => by_name.extend(read),
                Err(error) => {
                    wrong.insert(block.first_line());
                    suite.errors.push(error);
                }
            }
        }
        for &file in cases {
            for block in blocks(file, |line| line == "[[case]]") {
                match block.read::<CaseFile>() {
                    Ok(read) => read.case.into_iter().for_each(|text| {
                        let name = text.policy.clone();
                        let case = match by_name.get(&name) {
                            Some(policy) => text.case(block.place(), policy.clone()),
                            // What is wrong with a policy is said once, not for each case.
                            None if wrong.contains(&*format!("[{name}]")) => return,
                            None => Err(format!("{} has no policy `{name}`", policies.0)),
                        };
                        match case {
                            Ok(case) => suite.cases.push(case),
                            Err(message) => suite.errors.push(block.error(message)),
                        }
                    }),
                    Err(error) => suite.errors.push(error),
                }
            }
        }
        for block in blocks(configurations, |line| line == "[[config]]") {
            match block.read::<ConfigurationFile>() {
                Ok(read) => suite.configurations.extend(read.config),
                Err(error) => suite.errors.push(error),
            }
        }
        suite
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "# Policies.\n\n[GOOD]\norigins = [\"*\"]\n\n[WRONG]\norigin = []\n";
    const GOOD: &str =
        "\n[[case]]\nname = \"good\"\npolicy = \"GOOD\"\nwant = { status = 200, handler = true }\n";

    /// The names of the good cases, and the errors.
    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let text = String::leak(format!("# Cases.\n{text}{GOOD}"));
        let suite = Suite::read(("policies", POLICY), &[("file", text)], ("config", ""));
        let names = suite.cases.into_iter().map(|case| case.name).collect();
        let errors = suite.errors.iter().map(ToString::to_string).collect();
        (names, errors)
    }

    /// Rows: what stands in front of a good case, and what is said of it.
    #[test]
    fn what_is_wrong_is_said_once_with_its_place_and_the_rest_is_read() {
        let wrong_policy = "policies:7: unknown field `origin`";
        for (text, expected) in [
            ("", None),
            (
                "[[case]]\nname = \"a\"\npolicy = \"GONE\"\nwant = { status = 200, handler = true }\n",
                Some("file:2: policies has no policy `GONE`"),
            ),
            (
                "[[case]]\nname = \"a\"\npolicy = \"WRONG\"\nwant = { status = 200, handler = true }\n",
                None,
            ),
            (
                "[[case]]\nname = \"a\"\npolicy = \"GOOD\"\nmethd = \"GET\"\n",
                Some("file:5: unknown field `methd`"),
            ),
            (
                "[[case]]\nname = \"a\"\npolicy = \"GOOD\"\n",
                Some("file:2: missing field `want`"),
            ),
            (
                "[[case]]\nname = \"a\npolicy = \"GOOD\"\n",
                Some("file:3: "),
            ),
            (
                "[[case]]\nname = \"a\"\npolicy = \"GOOD\"\nrequest = [\"origin\"]\nwant = { status = 200, handler = true }\n",
                Some("file:2: no colon in \"origin\""),
            ),
            (
                "[[case]]\nname = \"a\"\npolicy = \"GOOD\"\n\nrequest = [1]\n",
                Some("file:6: expected \"name: value\""),
            ),
            ("[[cases]]\n", Some("file:2: unknown field `cases`")),
        ] {
            let (names, errors) = read(text);
            assert_eq!(names, ["good"], "{text}");
            assert_eq!(
                errors.len(),
                1 + usize::from(expected.is_some()),
                "{errors:?}"
            );
            assert!(errors[0].starts_with(wrong_policy), "{errors:?}");
            if let Some(expected) = expected {
                assert!(errors[1].starts_with(expected), "{errors:?}");
            }
        }
    }

    #[test]
    fn a_case_knows_where_it_stands() {
        let cases = cases();
        let case = &cases[0];
        let (file, line) = case.place.rsplit_once(':').expect("a line");
        let (_, text) = CASES
            .iter()
            .find(|(name, _)| *name == file)
            .expect("a file");
        let line: usize = line.parse().expect("a number");
        let lines: Vec<_> = text.lines().skip(line - 1).take(2).collect();
        assert_eq!(lines, ["[[case]]", &*format!("name = {:?}", case.name)]);
    }
}
