//! A page that uses the demo's page as people do, in an engine.

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use tokio::sync::mpsc::unbounded_channel;

use super::Demo;
use crate::command::playground::engine::Engine;
use crate::command::playground::{SCRIPT, hear, listening};

/// What the page shows: the result, and how much of it nobody expects.
pub(crate) async fn prove(
    engine: Engine,
    patience: Duration,
) -> Result<(String, usize), Box<dyn Error>> {
    let drive = async || Html(include_str!("drive.html"));
    let (tell, told) = unbounded_channel();
    let more = ([(CONTENT_TYPE, SCRIPT)], include_str!("drive.js"));
    let drive = listening(tell)
        .route("/drive", get(drive))
        .route("/drive.js", get(async move || more));
    let demo = Demo::start(0, None, drive).await?;
    let browser = engine.open(&format!("{}/drive", demo.address), None)?;
    let (mut checks, mut surprises, mut text) = (0, 0, String::new());
    let count = |_, what: String, came: String| {
        checks += 1;
        if came != "as expected" {
            surprises += 1;
            let _ = writeln!(text, "SURPRISE: {what}: {came}");
        }
    };
    hear(engine, browser, told, patience, count).await?;
    demo.in_force.stop().await;
    let name = engine.name();
    let _ = writeln!(
        text,
        "{name}, demo: {checks} checks, {surprises} surprises\n"
    );
    Ok((text, surprises))
}
