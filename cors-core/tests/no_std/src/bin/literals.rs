//! Its policies are literals: the compiler has judged them by the list of public suffixes, and the
//! program holds nothing of it.

#![no_std]
#![no_main]

use core::ffi::c_int;
use core::hint::black_box;

use cors_core::Policy;

// The start files and `memcpy`.
#[link(name = "c")]
unsafe extern "C" {}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

static POLICY: Policy<'_> = Policy::credentialed("https://*.me.github.io https://app.example.com");

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    #[cfg(feature = "plant-list")]
    let _ = black_box(Policy::try_credentialed(black_box("https://a.example")));
    let allows = |origin| black_box(&POLICY).allows_origin(black_box(origin));
    c_int::from(!allows(b"https://a.me.github.io") || allows(b"https://a.github.io"))
}
