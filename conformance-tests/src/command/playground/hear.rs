use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use super::Told;
use super::engine::{Browser, Engine};

/// Gives each result that an engine's page tells, with its framework and token, until the page is
/// done; then the engine is ended. Comes to all that the engine told its terminal.
///
/// # Errors
///
/// If the engine ends by itself, or its page is silent for so long.
pub(crate) async fn hear(
    engine: Engine,
    browser: Browser,
    mut told: UnboundedReceiver<Told>,
    patience: Duration,
    mut give: impl FnMut(String, String, String),
) -> Result<String, String> {
    let name = engine.name();
    let mut last = (Instant::now(), "it reported nothing before".to_owned());
    loop {
        match timeout(Duration::from_millis(200), told.recv()).await {
            Ok(Some(Told::Result {
                framework,
                token,
                reads,
            })) => {
                let text = format!("the last was {token} of {framework}");
                last = (Instant::now(), text);
                give(framework, token, reads);
            }
            Ok(_) => break,
            Err(_) if browser.has_ended() => {
                return Err(format!("{name} ended by itself{}", browser.last_words()));
            }
            Err(_) if last.0.elapsed() > patience => {
                let last = last.1;
                return Err(format!(
                    "{name}: its page reported nothing for {patience:?}; {last}"
                ));
            }
            Err(_) => {}
        }
    }
    let ended = spawn_blocking(move || browser.messages()).await;
    ended.map_err(|error| error.to_string())
}
