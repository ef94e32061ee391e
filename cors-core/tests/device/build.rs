//! Links by the memory of the board.

fn main() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/device.x");
    println!("cargo::rustc-link-arg-bins=-T{script}");
    println!("cargo::rerun-if-changed={script}");
}
