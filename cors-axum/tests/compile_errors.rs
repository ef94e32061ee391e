//! What the compiler says where a type does not fit: it names the way out.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Each item is an error: a line that must not compile, and what is said about it.
const ROWS: [(&str, &[&str]); 4] = [
    (
        "pub fn body() -> Router {
            let layers = ServiceBuilder::new()
                .layer(CorsLayer::new(Policy::public()))
                .layer(TraceLayer::new_for_http());
            Router::new().layer(layers)
        }",
        &[
            "`CorsLayer` can't create a response body of the type `",
            "call `.any_body()` on the `CorsLayer`: it then wraps response bodies of any type",
        ],
    ),
    (
        "pub fn closure() { let _ = CorsLayer::new(|_: &Head<'_>| None::<Arc<PreparedPolicy>>); }",
        &[
            "{closure@",
            "is not a CORS policy",
            "for a function that chooses a policy, write `by_request(|request| …)`, \
             or `look_up(…)` if it is async",
        ],
    ),
    (
        r#"pub fn text() { let _ = CorsLayer::new("https://app.example.com"); }"#,
        &[
            "`&str` is not a CORS policy",
            r#"for a list of origins, write `Policy::anonymous("https://app.example.com")`"#,
        ],
    ),
    (
        r#"pub fn settings() { let _ = CorsLayer::new(Settings::new().origins(["*"])); }"#,
        &[
            "Settings<String>` is not a CORS policy",
            "for `Settings`, call `.build()?` first",
        ],
    ),
];

#[test]
fn the_compiler_names_the_way_out() {
    let mut source = "#![allow(unused_imports)]\n\
        use std::sync::Arc;\n\
        use axum::Router;\n\
        use cors_axum::{CorsLayer, Head, Policy, PreparedPolicy, Settings};\n\
        use tower::ServiceBuilder;\n\
        use tower_http::trace::TraceLayer;\n"
        .to_owned();
    for (item, _) in ROWS {
        source += item;
        source += "\n";
    }
    let output = check("compile_errors", &source);
    // What is said about one item stands between its error and the next one's.
    let errors: Vec<_> = output.split("error[E0277]: ").skip(1).collect();
    assert_eq!(errors.len(), ROWS.len(), "{output}");
    for ((_, texts), error) in ROWS.iter().zip(errors) {
        for text in *texts {
            assert!(error.contains(text), "{text}\n{error}");
        }
    }
}

/// What the compiler says about a library.
fn check(name: &str, source: &str) -> String {
    let package = env!("CARGO_MANIFEST_DIR");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         cors-axum = {{ path = {package:?}, default-features = false }}\n\
         axum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }}\n\
         tower = {{ version = \"0.5\", features = [\"util\"] }}\n\
         tower-http = {{ version = \"0.7\", features = [\"trace\"] }}\n",
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), source).unwrap();
    // The versions that are here.
    let lock = Path::new(package).join("../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--color=never"])
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}
