//! The origins that the page has buttons for, and what a button could do.

use serde::Serialize;

use super::edit::{Change, entries};
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
    pub(super) fn new(origin: &'o str, text: &str, checked: &Checked) -> Self {
        let is_listed = entries(text, LIST).iter().any(|one| one == origin);
        let is_allowed = checked
            .policy
            .as_ref()
            .map(|policy| policy.allows_origin(origin.as_bytes()));
        let action = match is_listed {
            true => Some("remove"),
            false => can_add(origin, text, checked).then_some("add"),
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

/// No error comes from it.
fn can_add(origin: &str, text: &str, checked: &Checked) -> bool {
    let change = Change::Add(LIST.to_owned(), origin.to_owned());
    let Some(changed) = change.make(text) else {
        return false;
    };
    let changed = Checked::of(&File::new(String::new(), changed.text));
    changed.policy.is_some() || checked.policy.is_none() && !changed.is_about(origin)
}
