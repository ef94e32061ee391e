use super::PolicyError;
use super::message::Message;

/// All errors of a literal, so that one build shows them all.
pub(crate) struct AllErrors {
    message: Message<{ 512 * AllErrors::SHOWN }>,
    count: usize,
}

impl AllErrors {
    /// This many are shown; the others are counted.
    const SHOWN: usize = 8;

    pub(crate) const NONE: Self = Self {
        message: Message::new(),
        count: 0,
    };

    pub(crate) const fn push(&mut self, error: &PolicyError<'_>) {
        if self.count < Self::SHOWN {
            if self.count > 0 {
                self.message.push("\n");
            }
            error.write_to(&mut self.message);
        }
        self.count += 1;
    }

    /// Stops the build, if the policy is a constant.
    #[track_caller]
    pub(crate) const fn panic(mut self) -> ! {
        if self.count > Self::SHOWN {
            self.message.push("\nand ");
            self.message.push_number(self.count - Self::SHOWN);
            self.message.push(" more");
        }
        panic!("{}", self.message.as_str())
    }
}
