//! `probe`, run as people run it, against servers on loopback: those of `serve`, and one that
//! answers with whatever bytes a test wants.

mod arguments;
mod attack;
mod attack_requests;
mod broken_servers;
mod caches;
mod common;
mod consoles;
mod findings;
#[cfg(feature = "full")]
mod own_servers;
mod placement;
mod redirects;
mod refused;
mod report;
mod requests;
#[cfg(feature = "full")]
mod tls;
