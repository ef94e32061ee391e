//! What the pages of the repository say is true: their links lead somewhere, and they name things as
//! the code does.

mod console;
mod guide;
mod links;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder, relative to it, with `/` between folders, without what is built or hidden.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(folder.join(&inner)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            let path = match inner.as_str() {
                "" => name.clone(),
                inner => format!("{inner}/{name}"),
            };
            match entry.file_type().expect("a type").is_dir() {
                true if name == "target" || name.starts_with('.') => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}
