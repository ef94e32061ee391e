//! Bodies for the responses that the layer gives itself.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// How the layer comes by a body of its own, for a wrapped service with bodies of type `B`.
///
/// [`SameBody`] is the default; [`CorsLayer::any_body`](crate::CorsLayer::any_body) chooses
/// [`AnyBody`].
pub trait BodyMode<B>: sealed::Sealed {
    /// The type of the bodies that leave the layer.
    type Body;

    /// A body that came from the wrapped service.
    fn keep(body: B) -> Self::Body;

    /// A body of the layer's own; empty if the text is.
    fn text(text: Cow<'static, str>) -> Self::Body;
}

/// Responses keep their type of body, which must be one that can be empty or made of a text: that
/// of axum, `Full<Bytes>`, `String`.
#[derive(Clone, Copy, Debug)]
pub enum SameBody {}

/// Bodies are wrapped in a [`ResponseBody`], whatever their type.
#[derive(Clone, Copy, Debug)]
pub enum AnyBody {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::SameBody {}
    impl Sealed for super::AnyBody {}
}

impl<B: Default + From<&'static str> + From<String>> BodyMode<B> for SameBody {
    type Body = B;

    fn keep(body: B) -> B {
        body
    }

    fn text(text: Cow<'static, str>) -> B {
        match text {
            // Many bodies are only allocated for what they hold.
            Cow::Borrowed("") => B::default(),
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl<B> BodyMode<B> for AnyBody {
    type Body = ResponseBody<B>;

    fn keep(body: B) -> ResponseBody<B> {
        ResponseBody {
            source: Source::Service { body },
        }
    }

    fn text(text: Cow<'static, str>) -> ResponseBody<B> {
        let text = Some(text).filter(|text| !text.is_empty());
        ResponseBody {
            source: Source::Layer { text },
        }
    }
}

pin_project! {
    /// The wrapped service's body, or a short text of the layer's own.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        source: Source<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = SourceProjection]
    enum Source<B> {
        Service { #[pin] body: B },
        Layer { text: Option<Cow<'static, str>> },
    }
}

/// An empty body.
impl<B> Default for ResponseBody<B> {
    fn default() -> Self {
        AnyBody::text(Cow::Borrowed(""))
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body,
    B::Data: From<&'static [u8]> + From<Vec<u8>>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().source.project() {
            SourceProjection::Service { body } => body.poll_frame(cx),
            SourceProjection::Layer { text } => Poll::Ready(text.take().map(|text| {
                Ok(Frame::data(match text {
                    Cow::Borrowed(text) => text.as_bytes().into(),
                    Cow::Owned(text) => text.into_bytes().into(),
                }))
            })),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Service { body } => body.is_end_stream(),
            Source::Layer { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Service { body } => body.size_hint(),
            Source::Layer { text } => {
                SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64))
            }
        }
    }
}
