//! What the core does, told and tried through its public interface.
//!
//! One program, because linking one for each file takes longer than running them.

mod debug;
mod decision;
mod denial;
mod errors;
mod explain;
mod file;
mod headers;
mod heapless;
mod http;
mod index;
mod nearest;
mod origin;
mod owned;
mod pattern;
mod place;
mod policy;
mod policy_set;
mod public_suffix;
mod settings;
mod storage;
mod warning;
