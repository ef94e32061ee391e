//! Where no engine is started.

use std::process::{Child, Command};

pub(super) const REFUSED: Option<&str> =
    Some("`browser` runs on Linux only, with the engines that Debian packages");

pub(super) fn is_root() -> bool {
    false
}

pub(super) fn in_a_group(command: &mut Command) -> &mut Command {
    command
}

pub(super) fn has_ended(_: &Child) -> bool {
    true
}

pub(super) fn terminate(_: &Child) {}

pub(super) fn kill(child: &mut Child) {
    let _ = child.kill();
}
