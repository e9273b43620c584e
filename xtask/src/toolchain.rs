//! Which compiler builds for the browser.
//!
//! Compiling for `wasm32-unknown-unknown` needs Rust's standard library for that target. rustup usually has it or can
//! fetch it. Where rustup's server is out of reach, Debian's own compiler builds it from Debian's source package.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{self, exists, install_packages, may_install_packages, output, say};

/// The browser's target triple.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's newest compiler (the one its browsers are built with) and the source of its standard library.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// A way to compile for [`TARGET`] on this machine.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The compiler that built us has the standard library for the browser.
    Ours,
    /// Debian's compiler, which builds the standard library along with the program.
    Debian {
        /// An lld that links WebAssembly.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Finds a way, installing what is missing where that is possible, and says which it is.
    pub(crate) fn pick() -> Result<Self> {
        if ours_is_ready() {
            say(format_args!("compiling for the browser with {}", version("rustc")?));
            return Ok(Self::Ours);
        }
        // Before rustup is asked: where its server is out of reach, each attempt would cost time.
        if !debian_is_ready() {
            if rustup_adds_target() && ours_is_ready() {
                say(format_args!(
                    "compiling for the browser with {}; rustup added {TARGET}",
                    version("rustc")?
                ));
                return Ok(Self::Ours);
            }
            install_debian()?;
        }
        say(format_args!("compiling for the browser with Debian's {}", version(DEBIAN_RUSTC)?));
        Ok(Self::Debian { linker: linker()? })
    }

    /// `cargo build` for the browser; what to build is added by the caller.
    pub(crate) fn cargo_build(&self, root: &Path) -> Command {
        match self {
            Self::Ours => {
                let mut command = command::cargo(root);
                command.args(["build", "--target", TARGET]);
                command
            }
            Self::Debian { linker } => {
                let mut command = Command::new(DEBIAN_CARGO);
                command.current_dir(root).args(["build", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
                command.env("RUSTC", DEBIAN_RUSTC);
                // Building the standard library is an unstable feature of cargo, on a stable compiler.
                command.env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                // What rustup's cargo set when it started us would lead back to rustup's compiler.
                for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "RUSTDOC", "LD_LIBRARY_PATH"] {
                    command.env_remove(name);
                }
                command
            }
        }
    }
}

/// Does the compiler in use have the standard library for the browser?
fn ours_is_ready() -> bool {
    let libraries = output(Command::new(rustc()).args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|folder| Path::new(&folder).is_dir())
}

/// Asks rustup to fetch the standard library. It fails, after saying why, where its server cannot be reached.
fn rustup_adds_target() -> bool {
    if !exists("rustup") {
        return false;
    }
    say(format_args!("rustup target add {TARGET}"));
    command::run(Command::new("rustup").args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1"))
        .is_ok()
}

/// Is there a Debian compiler, new enough, with the source of its standard library where cargo looks for it?
fn debian_is_ready() -> bool {
    let new_enough =
        version(DEBIAN_RUSTC).is_ok_and(|version| minor(&version) >= minor(env!("CARGO_PKG_RUST_VERSION")));
    let sysroot = output(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    new_enough
        && Path::new(DEBIAN_CARGO).exists()
        && sysroot
            .is_ok_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").exists())
}

fn install_debian() -> Result<()> {
    if may_install_packages() {
        install_packages(&DEBIAN_PACKAGES)?;
    }
    if !debian_is_ready() {
        bail!(
            "no compiler for {TARGET}. With a connection: `rustup target add {TARGET}`; on Debian: \
             `sudo apt-get install {}`",
            DEBIAN_PACKAGES.join(" ")
        );
    }
    Ok(())
}

/// Debian's compiler comes without a linker for WebAssembly; rustup's brings one along, and lld has one too.
fn linker() -> Result<PathBuf> {
    let sysroot = output(Command::new(rustc()).args(["--print", "sysroot"]))?;
    let host_folders = std::fs::read_dir(Path::new(&sysroot).join("lib/rustlib"));
    let rustup = host_folders.into_iter().flatten().flatten().map(|entry| entry.path().join("bin/rust-lld"));
    let lld = PathBuf::from("/usr/bin/wasm-ld");
    let found = rustup.chain([lld]).find(|linker| linker.exists());
    found.ok_or_else(|| anyhow::anyhow!("no linker for {TARGET}; on Debian: `sudo apt-get install lld`"))
}

/// The compiler that cargo uses: `RUSTC` or the one on the path.
fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

fn version(rustc: &str) -> Result<String> {
    output(Command::new(rustc).arg("--version"))
}

/// 95 of "rustc 1.95.0 (…)" and of "1.95".
fn minor(version: &str) -> Option<u32> {
    let (_, after) = version.split_once("1.")?;
    after.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_second_number() {
        assert_eq!(minor("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"), Some(96));
        assert_eq!(minor("1.95"), Some(95));
        assert_eq!(minor("gcc"), None);
        assert!(minor("rustc 1.63.0") < minor(env!("CARGO_PKG_RUST_VERSION")));
    }

    #[test]
    fn debians_cargo_is_not_led_back_to_rustup() {
        let toolchain = Toolchain::Debian { linker: "/lld".into() };
        let command = toolchain.cargo_build(Path::new("/"));
        let environment: Vec<_> = command.get_envs().collect();
        assert!(environment.contains(&("RUSTC".as_ref(), Some(DEBIAN_RUSTC.as_ref()))));
        assert!(environment.contains(&("RUSTUP_TOOLCHAIN".as_ref(), None)));
    }
}
