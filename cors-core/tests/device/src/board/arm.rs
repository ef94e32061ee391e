//! How a Cortex-M starts.

use core::arch::{asm, global_asm};

global_asm!(
    ".section .vectors, \"a\"",
    ".word stack_top",
    ".word reset",
    ".rept 14",
    ".word fault",
    ".endr",
    ".text",
    ".thumb_func",
    ".global reset",
    "reset:",
    "ldr r0, =stack_bottom",
    "ldr r1, =stack_top",
    "ldr r2, ={unused}",
    "1: stm r0!, {{r2}}",
    "cmp r0, r1",
    "bne 1b",
    "bl start",
    unused = const super::UNUSED,
);

pub fn call_debugger(operation: u32, argument: u32) {
    // SAFETY: the program makes calls that need no memory.
    unsafe { asm!("bkpt 0xab", inlateout("r0") operation => _, in("r1") argument) };
}
