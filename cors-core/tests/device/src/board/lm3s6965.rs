//! A PL011.

use super::Register;

const DATA: Register = Register(0x4000_c000);
const FLAGS: Register = Register(0x4000_c018);
const CONTROL: Register = Register(0x4000_c030);

const NOTHING_RECEIVED: u32 = 1 << 4;
const NO_ROOM_TO_SEND: u32 = 1 << 5;
const SENDS_AND_RECEIVES: u32 = 0x301;

pub fn open() {
    CONTROL.write(SENDS_AND_RECEIVES);
}

pub fn receive() -> Option<u8> {
    let is_there = FLAGS.read() & NOTHING_RECEIVED == 0;
    is_there.then(|| DATA.read().to_le_bytes()[0])
}

pub fn send(byte: u8) {
    while FLAGS.read() & NO_ROOM_TO_SEND != 0 {}
    DATA.write(byte.into());
}
