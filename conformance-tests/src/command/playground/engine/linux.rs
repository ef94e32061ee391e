//! How Linux starts and ends the processes of an engine.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process_group};

/// Engines can be started here.
pub(super) const REFUSED: Option<&str> = None;

/// Engines refuse to put the superuser into a sandbox.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|of_self| of_self.uid() == 0)
}

/// Its processes are ended together.
pub(super) fn in_a_group(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

/// It has ended by itself. Its id stays its own until it is waited for.
pub(super) fn has_ended(child: &Child) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", child.id()));
    state.is_ok_and(|state| {
        state
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" Z"))
    })
}

/// Asks its own processes, and no others, to end.
pub(super) fn terminate(child: &Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
}

/// Ends them.
pub(super) fn kill(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}
