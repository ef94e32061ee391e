//! The board: start-up, a serial line, and how the program ends. Everything that is `unsafe`.

#[cfg_attr(target_arch = "arm", path = "board/arm.rs")]
#[cfg_attr(target_arch = "riscv32", path = "board/riscv32.rs")]
mod processor;
#[cfg_attr(board = "fe310", path = "board/fe310.rs")]
#[cfg_attr(board = "lm3s6965", path = "board/lm3s6965.rs")]
#[cfg_attr(board = "microbit", path = "board/microbit.rs")]
mod serial;

use core::fmt;
use core::panic::PanicInfo;
use core::ptr;

/// The stack is filled with it before the program runs: what it has used shows afterwards.
const UNUSED: u32 = 0xc0de_cafe;

#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    serial::open();
    exit(crate::main(&mut SerialLine(())))
}

/// Whatever fails ends the program.
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
        processor::call_debugger(EXIT, reason);
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

/// A register of the board.
struct Register(usize);

impl Register {
    fn read(&self) -> u32 {
        // SAFETY: the modules of this one name registers that exist, and reading changes no memory.
        unsafe { ptr::read_volatile(ptr::without_provenance(self.0)) }
    }

    fn write(&self, value: u32) {
        // SAFETY: the modules of this one name registers that exist, and none of them controls memory.
        unsafe { ptr::write_volatile(ptr::without_provenance_mut(self.0), value) }
    }
}

/// The board's first serial line, opened at the start.
pub struct SerialLine(());

impl SerialLine {
    /// Waits for a byte.
    pub fn receive(&mut self) -> u8 {
        loop {
            if let Some(byte) = serial::receive() {
                return byte;
            }
        }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        bytes.iter().copied().for_each(serial::send);
    }
}

impl fmt::Write for SerialLine {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}
