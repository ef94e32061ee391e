//! Where formatted text goes without an allocator.

use core::fmt::{self, Write};

pub(crate) fn prints(value: &dyn fmt::Display, expected: &str) -> bool {
    let mut page = Page::EMPTY;
    write!(page, "{value}").is_ok() && page.as_str().contains(expected)
}

pub(crate) fn prints_debug(value: &dyn fmt::Debug, expected: &str) -> bool {
    let mut page = Page::EMPTY;
    write!(page, "{value:?}").is_ok() && page.as_str().contains(expected)
}

struct Page {
    bytes: [u8; 2048],
    length: usize,
}

impl Page {
    const EMPTY: Self = Self {
        bytes: [0; 2048],
        length: 0,
    };

    fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(written).unwrap_or_default()
    }
}

impl Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let free = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        free.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
