//! How an RV32 starts.

use core::arch::global_asm;

global_asm!(
    ".section .vectors, \"ax\"",
    ".global reset",
    ".option push",
    ".option arch, +zicsr",
    "reset:",
    "la t0, 2f",
    "csrw mtvec, t0",
    ".option pop",
    "la t0, stack_bottom",
    "la sp, stack_top",
    "li t1, {unused}",
    "1: sw t1, 0(t0)",
    "addi t0, t0, 4",
    "bne t0, sp, 1b",
    "call start",
    ".balign 4",
    // What faults may have no stack left.
    "2: la sp, stack_top",
    "call fault",
    unused = const super::UNUSED,
);

// These three instructions, in their long form and in one page, are the call.
global_asm!(
    ".section .text.debugger, \"ax\"",
    ".balign 16",
    ".option push",
    ".option norvc",
    ".global debugger",
    "debugger:",
    "slli x0, x0, 0x1f",
    "ebreak",
    "srai x0, x0, 7",
    "ret",
    ".option pop",
);

unsafe extern "C" {
    safe fn debugger(operation: u32, argument: u32);
}

pub fn call_debugger(operation: u32, argument: u32) {
    debugger(operation, argument);
}
