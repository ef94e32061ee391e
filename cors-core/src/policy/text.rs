use super::{Audience, Methods, Policy};
use crate::field::ResponseField;

impl Policy<'_> {
    /// The policy's own value of a response header: what [`Edit::Set`](crate::Edit::Set) and
    /// [`Edit::Append`](crate::Edit::Append) write.
    ///
    /// It never changes, so an adapter can create its header values once. It is empty for a header that
    /// this policy never sets.
    ///
    /// ```
    /// # use cors_core::{Policy, ResponseField};
    /// const API: Policy = Policy::public().methods("PUT, DELETE").max_age(600);
    /// assert_eq!(API.text(ResponseField::AllowOrigin), "*");
    /// assert_eq!(API.text(ResponseField::AllowMethods), "PUT, DELETE");
    /// assert_eq!(API.text(ResponseField::MaxAge), "600");
    /// ```
    #[must_use]
    pub fn text(&self, field: ResponseField) -> &str {
        match (field, &self.max_age) {
            (ResponseField::MaxAge, Some(seconds)) => seconds.as_str(),
            _ => self.borrowed_text(field),
        }
    }
}

impl<'a> Policy<'a> {
    /// [`text`](Self::text), if it is not a number, whose digits are in the policy itself.
    pub(super) fn borrowed_text(&self, field: ResponseField) -> &'a str {
        match field {
            ResponseField::AllowOrigin => match self.audience {
                Audience::Public | Audience::PublicAndCredentialed(_) => "*",
                _ => "",
            },
            ResponseField::TimingAllowOrigin if !self.timing => "",
            ResponseField::TimingAllowOrigin => self.borrowed_text(ResponseField::AllowOrigin),
            ResponseField::AllowCredentials => match self.audience.has_credentials() {
                true => "true",
                false => "",
            },
            ResponseField::AllowMethods => self.methods.unwrap_or(Methods::SAFELISTED).as_str(),
            ResponseField::AllowHeaders => self.request_headers.as_str(),
            ResponseField::ExposeHeaders => self.expose_headers.as_str(),
            ResponseField::MaxAge => "",
            ResponseField::Vary => {
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
            }
        }
    }
}

/// [Delta-seconds](https://www.rfc-editor.org/rfc/rfc9111.html#section-1.2.2) up to 86400, in
/// decimal without leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seconds {
    digits: [u8; 5],
    start: usize,
}

impl Seconds {
    pub(super) const fn new(mut seconds: u32) -> Self {
        let mut digits = [b'0'; 5];
        let mut start = 5;
        while start > 0 && (start == 5 || seconds > 0) {
            start -= 1;
            digits[start] = b'0' + (seconds % 10) as u8;
            seconds /= 10;
        }
        Self { digits, start }
    }

    pub(super) fn seconds(self) -> u32 {
        self.as_str().parse().unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        self.digits
            .get(self.start..)
            .and_then(|digits| core::str::from_utf8(digits).ok())
            .unwrap_or_default()
    }
}
