//! The board: start-up, a serial line, and how the program ends. Everything that is `unsafe`.

use core::arch::{asm, global_asm};
use core::fmt;
use core::panic::PanicInfo;
use core::ptr;

// The stack is filled with a pattern before the program runs: what it has used shows afterwards.
// Whatever fails ends the program.
global_asm!(
    ".section .vectors, \"a\"",
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
    "1: str r2, [r0], #4",
    "cmp r0, r1",
    "bne 1b",
    "bl start",
    unused = const UNUSED,
);

const UNUSED: u32 = 0xc0de_cafe;

#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    let mut line = SerialLine::open();
    exit(crate::main(&mut line))
}

#[unsafe(no_mangle)]
extern "C" fn fault() -> ! {
    exit(false)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(false)
}

/// Ends the program, as a debugger or an emulator is told to.
fn exit(is_success: bool) -> ! {
    const EXIT: u32 = 0x18;
    let reason: u32 = match is_success {
        true => 0x2_0026,
        false => 0x2_0023,
    };
    loop {
        // SAFETY: a call of the debugger that ends the program.
        unsafe { asm!("bkpt 0xab", in("r0") EXIT, in("r1") reason) };
    }
}

unsafe extern "C" {
    // Their addresses are what counts: the linker script defines them.
    static flash_used: u8;
    static stack_bottom: u32;
    static stack_top: u32;
}

/// Bytes of flash: code and constants.
pub fn flash() -> usize {
    (&raw const flash_used).addr()
}

/// Bytes of the stack that have been written to since the start.
pub fn stack() -> usize {
    let top = &raw const stack_top;
    let mut at = &raw const stack_bottom;
    // SAFETY: all between the two is memory, which nothing else holds a reference to.
    while at < top && unsafe { ptr::read_volatile(at) } == UNUSED {
        at = at.wrapping_add(1);
    }
    top.addr() - at.addr()
}

/// The first serial line, a PL011.
pub struct SerialLine(());

impl SerialLine {
    const DATA: *mut u32 = ptr::without_provenance_mut(0x4000_c000);
    const FLAGS: *mut u32 = ptr::without_provenance_mut(0x4000_c018);
    const CONTROL: *mut u32 = ptr::without_provenance_mut(0x4000_c030);
    const NOTHING_RECEIVED: u32 = 1 << 4;
    const NO_ROOM_TO_SEND: u32 = 1 << 5;
    const SENDS_AND_RECEIVES: u32 = 0x301;

    fn open() -> Self {
        // SAFETY: a register of the board.
        unsafe { ptr::write_volatile(Self::CONTROL, Self::SENDS_AND_RECEIVES) };
        Self(())
    }

    /// Waits for a byte.
    pub fn receive(&mut self) -> u8 {
        Self::wait_while(Self::NOTHING_RECEIVED);
        // SAFETY: a register of the board.
        let [byte, ..] = unsafe { ptr::read_volatile(Self::DATA) }.to_le_bytes();
        byte
    }

    pub fn send(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            Self::wait_while(Self::NO_ROOM_TO_SEND);
            // SAFETY: a register of the board.
            unsafe { ptr::write_volatile(Self::DATA, byte.into()) };
        }
    }

    fn wait_while(flag: u32) {
        // SAFETY: a register of the board.
        while unsafe { ptr::read_volatile(Self::FLAGS) } & flag != 0 {}
    }
}

impl fmt::Write for SerialLine {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}
