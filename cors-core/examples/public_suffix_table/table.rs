//! Makes the table of public suffixes of a list, and takes it apart again. How it is built stands in
//! `src/origin/public_suffix/table.rs`, which reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Included, Unbounded};

const HEAD: usize = 12;
const NODE: usize = 5;
const RULE: u8 = 1;
const EXCEPTION: u8 = 2;

#[derive(Default)]
struct Node {
    kind: u8,
    children: BTreeMap<String, Node>,
}

/// The table of this list.
///
/// # Errors
///
/// If the list is not one, has no date, or does not fit.
pub(crate) fn encode(list: &str) -> Result<Vec<u8>, String> {
    let mut root = Node::default();
    for rule in rules(list)? {
        let name = rule.trim_start_matches('!');
        let node = name.rsplit('.').fold(&mut root, |node, label| {
            node.children.entry(label.to_owned()).or_default()
        });
        node.kind = match rule.starts_with('!') {
            true => EXCEPTION,
            false => RULE,
        };
    }
    let mut nodes = vec![("", &root)];
    let mut first_children = Vec::new();
    while let Some(&(_, node)) = nodes.get(first_children.len()) {
        first_children.push(nodes.len());
        nodes.extend(node.children.iter().map(|(label, node)| (&**label, node)));
    }
    let labels = pack(&nodes.iter().map(|&(label, _)| label).collect());
    let end = Node::default();
    nodes.push(("", &end));
    first_children.push(first_children.len());

    let mut table = date(list)?.as_bytes().to_vec();
    table.extend(number(nodes.len())?);
    for ((label, node), first_child) in nodes.into_iter().zip(first_children) {
        table.extend(number(labels.find(label).ok_or("a label is lost")?)?);
        let length = u8::try_from(label.len()).ok().filter(|&length| length < 64);
        table.push(node.kind << 6 | length.ok_or_else(|| format!("too long: {label}"))?);
        table.extend(number(first_child)?);
    }
    table.extend(labels.bytes());
    Ok(table)
}

/// The list that a table was made of: its date, and its rules in the order of the tree.
pub(crate) fn decode(table: &[u8]) -> String {
    let date = String::from_utf8_lossy(&table[..10]);
    let mut list = format!("// VERSION: {date}\n");
    write_children(table, 0, "", &mut list);
    list
}

fn write_children(table: &[u8], node: usize, parent: &str, list: &mut String) {
    let read = |at: usize| usize::from(u16::from_le_bytes([table[at], table[at + 1]]));
    let first_child = |node| read(HEAD + node * NODE + 3);
    for child in first_child(node)..first_child(node + 1) {
        let at = HEAD + child * NODE;
        let start = HEAD + read(10) * NODE + read(at);
        let length = usize::from(table[at + 2] & 63);
        let label = String::from_utf8_lossy(&table[start..start + length]);
        let name = match parent {
            "" => label.into_owned(),
            parent => format!("{label}.{parent}"),
        };
        match table[at + 2] >> 6 {
            RULE => list.extend([&name, "\n"]),
            EXCEPTION => list.extend(["!", &name, "\n"]),
            _ => {}
        }
        write_children(table, child, &name, list);
    }
}

/// The rules of a list in the form in which browsers write hosts.
///
/// # Errors
///
/// The first line that is no rule.
pub(crate) fn rules(list: &str) -> Result<BTreeSet<String>, String> {
    list.lines()
        // <https://github.com/publicsuffix/list/wiki/Format>: a rule ends with the first white space.
        .filter_map(|line| line.split_whitespace().next())
        .filter(|rule| !rule.starts_with("//"))
        .map(|rule| in_ascii(rule).ok_or_else(|| format!("no rule: {rule}")))
        .collect()
}

fn in_ascii(rule: &str) -> Option<String> {
    let (mark, name) = match rule.strip_prefix('!') {
        Some(name) => ("!", name),
        None => ("", rule),
    };
    let labels: Option<Vec<_>> = name.split('.').enumerate().map(label_in_ascii).collect();
    Some(format!("{mark}{}", labels?.join(".")))
}

/// A `*` stands for the first label or for none.
fn label_in_ascii((place, label): (usize, &str)) -> Option<String> {
    let is_ldh = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    match label {
        "" => None,
        "*" if place == 0 => Some(label.to_owned()),
        _ if label.bytes().all(is_ldh) => Some(label.to_owned()),
        _ if label.is_ascii() => None,
        _ => Some(format!("xn--{}", punycode::encode(label).ok()?)),
    }
}

fn date(list: &str) -> Result<&str, String> {
    list.lines()
        .find_map(|line| line.strip_prefix("// VERSION: ")?.get(..10))
        .ok_or_else(|| "the list has no VERSION".to_owned())
}

fn number(number: usize) -> Result<[u8; 2], String> {
    let number = u16::try_from(number).map_err(|_| "the list has too many rules")?;
    Ok(number.to_le_bytes())
}

/// A text in which each of these can be found, one within another or overlapping.
fn pack(labels: &BTreeSet<&str>) -> String {
    let mut by_length: Vec<_> = labels.iter().collect();
    by_length.sort_by_key(|label| std::cmp::Reverse(label.len()));
    let mut apart = String::new();
    let mut left = BTreeSet::new();
    for label in by_length {
        if !apart.contains(label) {
            apart = apart + label + " ";
            left.insert(*label);
        }
    }
    let mut packed = String::new();
    while let Some((label, overlap)) = longest_overlap(&packed, &left) {
        left.remove(label);
        packed += &label[overlap..];
    }
    packed
}

/// The label whose beginning is the longest end of the text, and how long that is.
fn longest_overlap<'a>(text: &str, labels: &BTreeSet<&'a str>) -> Option<(&'a str, usize)> {
    (0..=text.len().min(63)).rev().find_map(|overlap| {
        let end = &text[text.len() - overlap..];
        let label = labels.range::<str, _>((Included(end), Unbounded)).next()?;
        label.starts_with(end).then_some((*label, overlap))
    })
}
