//! Browser engines, started on a page without a driver.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use conformance_tests::frameworks::showcase::Certificate;

#[cfg(not(target_os = "linux"))]
use self::elsewhere as system;
#[cfg(target_os = "linux")]
use self::linux as system;
use super::extension;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Blink
    Chromium,
    /// Gecko
    Firefox,
    /// WebKitGTK, Safari's engine
    Webkit,
}

/// Origins need not be below `localhost`.
const RESOLVE: &str = "--host-resolver-rules=MAP *.test 127.0.0.1";

/// Nothing is looked for elsewhere, nothing is asked.
const FIREFOX: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
"#;

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// Its name, in lower case.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// Below which its names are loopback's when it speaks TLS, if it can be told to take a
    /// certificate that nobody signed.
    pub(crate) const fn tls_domain(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some("test"),
            Self::Firefox => None,
            Self::Webkit => Some("localhost"),
        }
    }

    /// The origin of the pages of its extension, if it takes one.
    pub(crate) const fn extension(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some(extension::CHROMIUM),
            Self::Firefox => Some(extension::FIREFOX),
            Self::Webkit => None,
        }
    }

    /// Opens a page.
    ///
    /// # Errors
    ///
    /// If the engine is not installed: then the error names the Debian packages. Everywhere but on Linux.
    pub(crate) fn open(
        self,
        url: &str,
        certificate: Option<&Certificate>,
    ) -> Result<Browser, String> {
        if let Some(reason) = system::REFUSED {
            return Err(reason.to_owned());
        }
        let (programs, packages): (&[&str], _) = match self {
            Self::Chromium => (&["chromium"], "chromium"),
            Self::Firefox => (&["firefox-esr", "firefox"], "firefox-esr"),
            Self::Webkit => (&["xvfb-run"], "webkit2gtk-driver xauth xvfb"),
        };
        let missing = || {
            let name = self.name();
            format!("{name} is not installed; on Debian: apt-get install {packages}")
        };
        let program = programs.iter().find_map(|name| found(name));
        let program = program.ok_or_else(missing)?;
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let add = |folder: PathBuf| extension::write(&folder).map_err(|error| error.to_string());
        let mut command = Command::new(program);
        match self {
            Self::Chromium => {
                command.args([
                    "--headless",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-dev-shm-usage",
                    "--disable-gpu",
                    "--disable-sync",
                    // As the standard has it: `*` does not cover `authorization`.
                    "--enable-features=CorsNonWildcardRequestHeadersSupport",
                    // The console goes to the terminal.
                    "--enable-logging=stderr",
                    "--no-first-run",
                    RESOLVE,
                ]);
                if system::is_root() {
                    command.arg("--no-sandbox");
                }
                if let Some(certificate) = certificate {
                    let known = certificate.fingerprint();
                    command.arg(format!("--ignore-certificate-errors-spki-list={known}"));
                }
                let folder = home.path().join("extension");
                command.arg("--disable-features=DisableLoadExtensionCommandLineSwitch");
                command.arg(format!("--load-extension={}", folder.display()));
                add(folder)?;
                command.arg(format!("--user-data-dir={}", home.path().display()));
            }
            Self::Firefox => {
                let preferences = [FIREFOX, extension::PREFERENCES].concat();
                fs::write(home.path().join("user.js"), preferences)
                    .map_err(|error| error.to_string())?;
                add(home.path().join("extensions").join(extension::NAME))?;
                command.args(["--headless", "--no-remote", "--profile"]);
                command.arg(home.path());
            }
            Self::Webkit => {
                command.arg("-a").arg(mini_browser().ok_or_else(missing)?);
                command.arg("--cookies-policy=always");
                if certificate.is_some() {
                    command.arg("--ignore-tls-errors");
                }
                command.env("LIBGL_ALWAYS_SOFTWARE", "1");
                if system::is_root() {
                    command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
                }
            }
        }
        let messages = home.path().join("messages");
        let file = File::create(&messages).map_err(|error| error.to_string())?;
        let console = match self {
            Self::Firefox => file.try_clone().map_err(|error| error.to_string())?.into(),
            Self::Chromium | Self::Webkit => Stdio::null(),
        };
        let child = system::in_a_group(&mut command)
            .arg(url)
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(console)
            .stderr(file)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.name()))?;
        Ok(Browser {
            child,
            messages,
            _home: home,
        })
    }
}

fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(program));
    candidates.find(|candidate| candidate.is_file())
}

/// Debian keeps it outside of `PATH`, in a folder of the architecture.
fn mini_browser() -> Option<PathBuf> {
    let libraries = fs::read_dir("/usr/lib").ok()?.flatten();
    let browsers = libraries.flat_map(|library| {
        ["webkit2gtk-4.1", "webkitgtk-6.0"]
            .map(|version| library.path().join(version).join("MiniBrowser"))
    });
    browsers.into_iter().find(|browser| browser.is_file())
}

/// An engine that runs until it is dropped.
pub(crate) struct Browser {
    child: Child,
    messages: PathBuf,
    _home: tempfile::TempDir,
}

impl Browser {
    /// It has ended by itself. Its id stays its own until it is dropped.
    pub(crate) fn has_ended(&self) -> bool {
        system::has_ended(&self.child)
    }

    /// Ends it, and comes to all that it told its terminal.
    pub(crate) fn messages(self) -> String {
        self.end();
        let messages = fs::read(&self.messages).unwrap_or_default();
        String::from_utf8_lossy(&messages).into_owned()
    }

    /// The last lines of what it told its terminal.
    pub(crate) fn last_words(&self) -> String {
        let messages = fs::read(&self.messages).unwrap_or_default();
        let messages = String::from_utf8_lossy(&messages);
        let lines: Vec<_> = messages.lines().rev().take(3).collect();
        lines.iter().rev().fold(String::new(), |words, line| {
            format!("{words}\n  {}", line.escape_debug())
        })
    }

    /// Gives it time to end by itself.
    fn end(&self) {
        system::terminate(&self.child);
        let limit = Instant::now() + Duration::from_secs(3);
        while !self.has_ended() && Instant::now() < limit {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
        system::kill(&mut self.child);
        let _ = self.child.wait();
    }
}
