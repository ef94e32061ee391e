//! An extension for engines that take one: a page of its own scheme.

use std::fs;
use std::io;
use std::path::Path;

/// What Firefox calls it.
pub(super) const NAME: &str = "page@cors.test";

/// Chromium makes it of the key in the manifest, which signs nothing.
pub(super) const CHROMIUM: &str = "chrome-extension://hdnhnmpkeieegbegihildkfgfhcipomd";

/// Firefox makes it up, unless a preference has it.
pub(super) const FIREFOX: &str = "moz-extension://0f0f0f0f-1111-4222-8333-444444444444";

/// Firefox takes what nobody signed, gives it its host, and lets it read the console.
pub(super) const PREFERENCES: &str = r#"
user_pref("browser.dom.window.dump.enabled", true);
user_pref("extensions.autoDisableScopes", 0);
user_pref("extensions.experiments.enabled", true);
user_pref("extensions.webextensions.uuids", "{\"page@cors.test\":\"0f0f0f0f-1111-4222-8333-444444444444\"}");
user_pref("xpinstall.signatures.required", false);
"#;

const FILES: [(&str, &str); 5] = [
    ("manifest.json", include_str!("extension/manifest.json")),
    ("frame.html", include_str!("extension/frame.html")),
    ("frame.js", include_str!("extension/frame.js")),
    ("heard.js", include_str!("extension/heard.js")),
    ("schema.json", "[]"),
];

/// Makes a folder of it.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    FILES
        .iter()
        .try_for_each(|(name, text)| fs::write(folder.join(name), text))
}
