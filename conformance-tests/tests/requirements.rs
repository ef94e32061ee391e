//! Every id that a case, a test or a README cites can be looked up in `requirements.md`, and every id
//! there is cited.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LIST: &str = "conformance-tests/requirements.md";
const TEXT: &str = include_str!("../requirements.md");

/// A row of the list.
struct Requirement {
    line: usize,
    id: &'static str,
    sentence: &'static str,
    source: &'static str,
}

fn listed() -> Vec<Requirement> {
    let mut rows = Vec::new();
    for (number, line) in TEXT.lines().enumerate() {
        let Some(row) = line.strip_prefix("| ") else {
            continue;
        };
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        let [id, sentence, source] = cells[..] else {
            panic!("{LIST}:{}: a row has three cells", number + 1);
        };
        if id != "id" {
            rows.push(Requirement {
                line: number + 1,
                id,
                sentence,
                source,
            });
        }
    }
    rows
}

/// Each id of a file, and the line that cites it.
fn citations<'t>(path: &str, text: &'t str) -> Vec<(String, &'t str)> {
    let are_cases = path.starts_with("conformance-tests/cases/");
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let name = line.strip_prefix("name = \"").filter(|_| are_cases);
        let of_a_case = name.and_then(|name| name.split([' ', '"']).next());
        let anywhere = line.match_indices("REQ-").filter_map(|(start, _)| {
            let rest = &line[start..];
            let is_part = |byte: char| byte.is_ascii_alphanumeric() || byte == '-';
            let id = &rest[..rest.find(|byte| !is_part(byte)).unwrap_or(rest.len())];
            is_id(id).then_some(id)
        });
        let ids: BTreeSet<_> = of_a_case.into_iter().chain(anywhere).collect();
        let place = format!("{path}:{}", number + 1);
        found.extend(ids.into_iter().map(|id| (place.clone(), id)));
    }
    found
}

/// `REQ-`, a topic, and two digits; less is the beginning of several.
fn is_id(text: &str) -> bool {
    text.strip_prefix("REQ-")
        .and_then(|rest| rest.rsplit_once('-'))
        .is_some_and(|(topic, number)| {
            !topic.is_empty()
                && number.len() == 2
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn unlisted(list: &BTreeSet<&str>, path: &str, text: &str) -> Vec<String> {
    citations(path, text)
        .into_iter()
        .filter(|(_, id)| !list.contains(id))
        .map(|(place, id)| format!("{place}: {id} is not listed; add it to {LIST}"))
        .collect()
}

/// What cites ids: all sources, manifests, cases and documents of the workspace but the list.
fn workspace() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.starts_with('.') || name == "target" {
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            let name = name.replace('\\', "/");
            let extension = path.extension().and_then(|text| text.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(extension, Some("rs" | "md" | "toml")) && name != LIST {
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn every_id_that_is_cited_is_listed() {
    let rows = listed();
    let list = rows.iter().map(|row| row.id).collect();
    let wrong: Vec<_> = workspace()
        .iter()
        .flat_map(|(path, text)| unlisted(&list, path, text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_id_that_is_listed_is_cited() {
    let files = workspace();
    assert!(files.len() > 100, "{} files", files.len());
    let cited: BTreeSet<_> = files
        .iter()
        .flat_map(|(path, text)| citations(path, text))
        .map(|(_, id)| id)
        .collect();
    let idle: Vec<_> = listed()
        .iter()
        .filter(|row| !cited.contains(row.id))
        .map(|row| format!("{LIST}:{}: nothing cites {}", row.line, row.id))
        .collect();
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

/// Each id has one row, with a sentence and where it comes from.
#[test]
fn every_row_says_what_and_whence() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in listed() {
        let place = format!("{LIST}:{}: {}", row.line, row.id);
        if !seen.insert(row.id) {
            wrong.push(format!("{place} stands twice"));
        }
        if !row.sentence.ends_with('.') {
            wrong.push(format!("{place}: the sentence does not end"));
        }
        // The sources of the series of vectors stand above their tables.
        let is_linked = row.source.contains('[') || row.source.contains("this project's choice");
        if row.source.is_empty() || (is_id(row.id) && !is_linked) {
            wrong.push(format!("{place}: no source"));
        }
    }
    assert!(seen.len() > 250, "{} rows", seen.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A label without an address is no link, and an address without a label is of a row that is gone.
#[test]
fn every_link_leads_somewhere() {
    let addresses: BTreeMap<_, _> = TEXT
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.split_once("]: "))
        .collect();
    let mut used = BTreeSet::new();
    for line in TEXT.lines().filter(|line| !line.contains("]: http")) {
        // What stands between backticks is code, such as an address in brackets.
        for prose in line.split('`').step_by(2) {
            for part in prose.split('[').skip(1) {
                let (label, rest) = part.split_once(']').expect("a label ends");
                if !rest.starts_with('(') {
                    used.insert(label);
                }
            }
        }
    }
    let defined = addresses.keys().copied().collect();
    assert_eq!(used.symmetric_difference(&defined).next(), None);
    for (label, address) in addresses {
        assert!(address.starts_with("https://"), "{label}: {address}");
    }
}

#[test]
fn an_id_that_is_not_listed_is_named_with_its_file_and_line() {
    let path = "conformance-tests/cases/new.toml";
    let text = "[[case]]\nname = \"Z99 a vector\"\n[[case]]\nname = \"REQ-new a case\"\n";
    let list = BTreeSet::new();
    assert_eq!(
        unlisted(&list, path, text),
        [
            format!("{path}:2: Z99 is not listed; add it to {LIST}"),
            format!("{path}:4: REQ-new is not listed; add it to {LIST}"),
        ]
    );
    assert_eq!(
        unlisted(&BTreeSet::from(["Z99", "REQ-new"]), path, text),
        [""; 0]
    );

    // Put together, as this file is searched, too.
    let [first, second] = ["A-07", "B-C-17"].map(|rest| format!("REQ-{rest}"));
    let text = format!("# A\n\n{first}, REQ-A-, REQ-A-0, REQ-A-001 ({second}).");
    let found = citations("README.md", &text);
    let place = "README.md:3".to_owned();
    assert_eq!(found, [(place.clone(), &*first), (place, &*second)]);
}
