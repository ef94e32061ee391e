//! The origins that the page has buttons for, and what a button could do.

use serde::Serialize;

use super::edit::entries;
use crate::command::file::File;
use crate::command::lint::Checked;

/// One origin, under a policy that may be wrong.
#[derive(Debug, Serialize)]
pub(super) struct Asking<'o> {
    origin: &'o str,
    /// What the policy says of it; nothing if it is wrong.
    state: &'static str,
    /// What a button does, if it would leave the policy as good as it is.
    action: Option<&'static str>,
}

/// The list that buttons change.
const LIST: &str = "origins";

impl<'o> Asking<'o> {
    pub(super) fn new(origin: &'o str, file: &File, checked: &Checked) -> Self {
        let listed = entries(&file.text, LIST);
        let is_listed = listed.iter().any(|one| one == origin);
        let policy = checked.policy.as_ref();
        let is_allowed = policy.map(|policy| policy.allows_origin(origin.as_bytes()));
        let action = match is_listed {
            true => Some("remove"),
            false => can_add(origin, &listed, file, policy.is_some()).then_some("add"),
        };
        Self {
            origin,
            state: match (is_allowed, is_listed) {
                (None, _) => "",
                (Some(_), true) => "listed",
                (Some(true), false) => "allowed",
                (Some(false), false) => "not allowed",
            },
            action,
        }
    }
}

/// No error comes from it. Of the other origins only `*` matters, so that a long list is not built
/// again for each.
fn can_add(origin: &str, listed: &[String], file: &File, is_valid: bool) -> bool {
    let Ok(settings) = file.settings() else {
        return false;
    };
    let any = listed.iter().map(String::as_str).filter(|one| *one == "*");
    match settings.origins(any.chain([origin])).build::<Vec<u32>>() {
        Ok(_) => true,
        Err(errors) => !is_valid && errors.iter().all(|error| error.text() != origin),
    }
}
