//! The UART of an FE310.

use super::Register;

const BYTE_TO_SEND: Register = Register(0x1001_3000);
const RECEIVED_BYTE: Register = Register(0x1001_3004);
const SENDING: Register = Register(0x1001_3008);
const RECEIVING: Register = Register(0x1001_300c);

const ENABLED: u32 = 1;
/// Of the two registers for bytes: there is no room, or no byte.
const NONE: u32 = 1 << 31;

pub fn open() {
    SENDING.write(ENABLED);
    RECEIVING.write(ENABLED);
}

pub fn receive() -> Option<u8> {
    let received = RECEIVED_BYTE.read();
    (received & NONE == 0).then_some(received.to_le_bytes()[0])
}

pub fn send(byte: u8) {
    while BYTE_TO_SEND.read() & NONE != 0 {}
    BYTE_TO_SEND.write(byte.into());
}
