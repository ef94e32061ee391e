//! Bodies for the responses that the layer gives itself.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// How the layer creates response bodies of its own, for a wrapped service with bodies of type `B`.
///
/// [`SameBody`] is the default; [`CorsLayer::any_body`](crate::CorsLayer::any_body) chooses
/// [`AnyBody`].
#[diagnostic::on_unimplemented(
    message = "`CorsLayer` can't create a response body of the type `{B}`",
    label = "this response body can't be created from a text",
    note = "call `.any_body()` on the `CorsLayer`: it then wraps response bodies of any type"
)]
pub trait BodyMode<B>: sealed::Sealed {
    /// The type of the bodies that leave the layer.
    type Body;

    /// Passes on a body of the wrapped service.
    fn keep(body: B) -> Self::Body;

    /// Creates a body of the layer's own; empty if the text is.
    fn text(text: Cow<'static, str>) -> Self::Body;
}

/// Keeps the type of response bodies, which must be one that can be empty or created from a text:
/// axum's own, `Full<Bytes>`, `String`.
#[derive(Clone, Copy, Debug)]
pub enum SameBody {}

/// Wraps response bodies of any type in a [`ResponseBody`].
#[derive(Clone, Copy, Debug)]
pub enum AnyBody {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::SameBody {}
    impl Sealed for super::AnyBody {}
}

// Otherwise the compiler names the bound of `B`, and not what to do about it.
#[diagnostic::do_not_recommend]
impl<B: Default + From<&'static str> + From<String>> BodyMode<B> for SameBody {
    type Body = B;

    fn keep(body: B) -> B {
        body
    }

    fn text(text: Cow<'static, str>) -> B {
        match text {
            // Many bodies are only allocated for what they contain.
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
    /// The body of a response from a layer with [`any_body`](crate::CorsLayer::any_body): the wrapped
    /// service's, or a short text of the layer's own.
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
