//! The UART of an nRF51822.

use super::Register;

const START_RECEIVING: Register = Register(0x4000_2000);
const START_SENDING: Register = Register(0x4000_2008);
const RECEIVED: Register = Register(0x4000_2108);
const SENT: Register = Register(0x4000_211c);
const ENABLE: Register = Register(0x4000_2500);
const RECEIVED_BYTE: Register = Register(0x4000_2518);
const BYTE_TO_SEND: Register = Register(0x4000_251c);

const ENABLED: u32 = 4;

pub fn open() {
    ENABLE.write(ENABLED);
    START_RECEIVING.write(1);
    START_SENDING.write(1);
}

pub fn receive() -> Option<u8> {
    (RECEIVED.read() != 0).then(|| {
        // Before the byte is read: that may say at once that there is another one.
        RECEIVED.write(0);
        RECEIVED_BYTE.read().to_le_bytes()[0]
    })
}

pub fn send(byte: u8) {
    SENT.write(0);
    BYTE_TO_SEND.write(byte.into());
    while SENT.read() == 0 {}
}
