//! Links by the memory of the board, and says which one it is.

use std::env;

fn main() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let target = env::var("TARGET").expect("cargo says for what it builds");
    let (board, memory) = match target.split('-').next() {
        Some("thumbv6m") => ("microbit", "arm.x"),
        Some("thumbv7m") => ("lm3s6965", "arm.x"),
        Some("riscv32imc") => ("fe310", "riscv32.x"),
        _ => panic!("no board has a processor for {target}"),
    };
    println!("cargo::rustc-check-cfg=cfg(board, values(\"fe310\", \"lm3s6965\", \"microbit\"))");
    println!("cargo::rustc-cfg=board=\"{board}\"");
    println!("cargo::rustc-link-arg-bins=-L{folder}");
    println!("cargo::rustc-link-arg-bins=-T{memory}");
    println!("cargo::rerun-if-changed=sections.x");
    println!("cargo::rerun-if-changed={memory}");
}
