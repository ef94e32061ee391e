use std::collections::HashMap;
use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{files, root};

/// What is on a page.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: Vec<String>,
}

impl Page {
    fn new(text: &str) -> Self {
        let mut page = Self::default();
        let mut seen = HashMap::<String, usize>::new();
        let mut heading = None::<String>;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let before = seen.entry(anchor.clone()).or_default();
                    page.anchors.push(match *before {
                        0 => anchor,
                        count => format!("{anchor}-{count}"),
                    });
                    *before += 1;
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

/// Of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter_map(|char| match char {
        ' ' => Some('-'),
        '-' | '_' => Some(char),
        other => other.is_alphanumeric().then_some(other),
    });
    kept.collect()
}

/// It names an item of Rust, not a file: `Policy::public`, `Origins#constants`.
fn is_item(link: &str) -> bool {
    let (path, _) = link.split_once('#').unwrap_or((link, ""));
    let is_name = |name: &str| {
        name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    path.split("::").all(is_name)
}

/// The folder's README is a page of rustdoc, too, which checks links to items.
fn is_documentation(root: &Path, page: &str) -> bool {
    let library = page
        .strip_suffix("README.md")
        .map(|folder| root.join(folder).join("src/lib.rs"));
    let library = library.and_then(|path| fs::read_to_string(path).ok());
    library.is_some_and(|text| text.starts_with("#![doc = include_str!(\"../README.md\")]"))
}

/// A path from a page, relative to the root; nothing if it leads out of it.
fn resolved(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Every link of the pages below a folder that leads nowhere.
fn broken(root: &Path) -> Vec<String> {
    let pages = files(root)
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|one| one == "md"));
    let pages: HashMap<String, Page> = pages
        .map(|path| {
            let text = fs::read_to_string(root.join(&path)).expect("a page in UTF-8");
            (path, Page::new(&text))
        })
        .collect();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        let is_documentation = is_documentation(root, path);
        for link in &page.links {
            let is_elsewhere = link.contains("://") || link.starts_with("mailto:");
            if is_elsewhere || is_documentation && is_item(link) {
                continue;
            }
            let (file, anchor) = match link.split_once('#') {
                Some((file, anchor)) => (file, Some(anchor)),
                None => (link.as_str(), None),
            };
            let target = match file {
                "" => Some(path.clone()),
                file => resolved(path, file).filter(|target| root.join(target).exists()),
            };
            let Some(target) = target else {
                broken.push(format!("{path}: {link}: there is no such file"));
                continue;
            };
            let has = |anchor: &str| {
                let page = pages.get(&target);
                page.is_some_and(|page| page.anchors.iter().any(|one| one == anchor))
            };
            if anchor.is_some_and(|anchor| !has(anchor)) {
                broken.push(format!("{path}: {link}: there is no such heading"));
            }
        }
    }
    broken.sort();
    broken
}

#[test]
fn every_link_leads_somewhere() {
    let broken = broken(&root());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_pages_that_people_look_for_are_there() {
    let files = files(&root());
    for page in [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "ERRORS.md",
        "README.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/compare.md",
        "docs/configuration.md",
        "docs/console.md",
        "docs/cookbook.md",
        "docs/reverse-proxy.md",
    ] {
        assert!(files.iter().any(|file| file == page), "{page}");
    }
    let contributing = super::read("CONTRIBUTING.md");
    assert!(contributing.contains("(conformance-tests/requirements.md)"));
}

#[test]
fn a_broken_link_is_found() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("links");
    let _ = fs::remove_dir_all(&folder);
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write(
        "README.md",
        "# One `two`: three's\n\n## Same\n\n## Same\n\n\
         [a](docs/a.md) [b](docs/a.md#b-c) [c](#one-two-threes) [d](#same-1) [e](docs) [f](https://x.test/y)\n\
         [g](docs/b.md) [h](docs/a.md#b) [i](#same-2) [j](../x.md) [Policy](Policy::public) ![k](k.png)\n\n\
         ```text\n[l](nowhere.md)\n```\n",
    );
    write("docs/a.md", "## b_C\n\n## b c\n\n[up](../README.md#same)\n");
    write(
        "crate/src/lib.rs",
        "#![doc = include_str!(\"../README.md\")]\n",
    );
    write("crate/README.md", "[Policy](Policy::public) [x](x.md)\n");
    assert_eq!(
        broken(&folder),
        [
            "README.md: #same-2: there is no such heading",
            "README.md: ../x.md: there is no such file",
            "README.md: Policy::public: there is no such file",
            "README.md: docs/a.md#b: there is no such heading",
            "README.md: docs/b.md: there is no such file",
            "README.md: k.png: there is no such file",
            "crate/README.md: x.md: there is no such file",
        ]
    );
}
