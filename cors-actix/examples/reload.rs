//! A server whose policy is a file: saving the file replaces the policy, without a restart.
//!
//! `cargo run -p cors-actix --features serde --example reload-actix [-- policy.toml]`

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

use actix_web::{App, HttpServer, web};
use cors_actix::{Cors, LivePolicy, OwnedPolicy};
use notify::{EventKind, RecursiveMode, Watcher, recommended_watcher};

/// What is served until you edit the file.
const EXAMPLE: &str = r#"origins = ["https://app.example.com", "http://localhost:*"]
credentials = true
methods = ["PUT", "DELETE"]
request_headers = ["authorization", "content-type"]
max_age = 60
"#;

fn read(path: &Path) -> Result<OwnedPolicy, Box<dyn Error>> {
    Ok(toml::from_str(&fs::read_to_string(path)?)?)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = if let Some(path) = env::args_os().nth(1) {
        PathBuf::from(path)
    } else {
        let path = env::temp_dir().join(format!("cors-policy-{}.toml", std::process::id()));
        fs::write(&path, EXAMPLE)?;
        path
    };
    let path = fs::canonicalize(path)?;
    // An invalid policy stops the start; the error says everything that is wrong.
    let live = LivePolicy::new(read(&path)?);
    let cors = Cors::live(&live);

    // Editors replace files, so watch the folder and not the file. It is watched as long as the watcher
    // lives.
    let file = path.clone();
    let (sender, changes) = mpsc::channel();
    let mut watcher = recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| {
            !matches!(event.kind, EventKind::Access(_)) && event.paths.contains(&file)
        });
        if is_change {
            let _ = sender.send(());
        }
    })?;
    let folder = path.parent().expect("a file is in a folder");
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    let file = path.clone();
    thread::spawn(move || {
        while changes.recv().is_ok() {
            // Saving a file causes several events, the first before the file is complete.
            while changes.recv_timeout(Duration::from_millis(100)).is_ok() {}
            match read(&file) {
                Ok(policy) => {
                    live.replace(policy);
                    println!("a new policy is in force");
                }
                Err(error) => println!("the old policy stays in force: {error}"),
            }
        }
    });

    let server = HttpServer::new(move || {
        App::new()
            .route("/", web::get().to(|| async { "hello\n" }))
            .wrap(cors.clone())
    })
    .bind(("127.0.0.1", 0))?;
    println!(
        "listening on http://{} (Ctrl-C stops it); its policy is {}. Try:

  curl -i -H 'Origin: https://app.example.com' http://{0}/

then change the file, and try again",
        server.addrs()[0],
        path.display()
    );
    server.run().await?;
    Ok(())
}
