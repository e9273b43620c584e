//! The browser's half of the dashboard: `app` compiled to WebAssembly, with its JavaScript bindings.
//!
//! The result lies in `target/site/pkg`, under the names that cargo-leptos gives too: `app.js` and `app.wasm`. From
//! there the server's build script takes it, gives it its final names, compresses and embeds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{run, say};
use crate::toolchain::{TARGET, Toolchain};

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Small and quick to run.
    Release,
    /// Quick to build.
    Development,
}

impl Profile {
    /// The cargo profile of the workspace's `Cargo.toml` that builds for the browser, and its output folder.
    fn cargo(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Development => "wasm-dev",
        }
    }
}

/// Builds the browser's half, as far as it changed since the last time.
pub(crate) fn build(root: &Path, profile: Profile) -> Result<()> {
    let started = Instant::now();
    let compiled = compile(root, profile)?;
    let site = root.join("target/site");
    let stamp = stamp(&compiled)?;
    if is_current(&site, &stamp) {
        return Ok(());
    }
    let package = site.join("pkg");
    bind(&compiled, &package)?;
    let size = fs::metadata(package.join("app.wasm"))?.len();
    fs::write(site.join(".stamp"), stamp)?;
    say(format_args!("browser half: {} KiB, built in {} s", size / 1024, started.elapsed().as_secs()));
    Ok(())
}

/// Compiles `app` to WebAssembly. Cargo decides what of it is to be done.
fn compile(root: &Path, profile: Profile) -> Result<PathBuf> {
    let target_folder = root.join("target/wasm");
    let toolchain = Toolchain::pick()?;
    let compiled = target_folder.join(TARGET).join(profile.cargo()).join("app.wasm");
    if !compiled.exists() {
        say("building the dashboard for the browser (the first time: some minutes)");
    }
    run(toolchain
        .cargo_build(root)
        .args(["--package", "app", "--lib", "--no-default-features", "--features", "hydrate"])
        .args(["--profile", profile.cargo(), "--target-dir"])
        .arg(&target_folder))?;
    Ok(compiled)
}

/// Says of what a finished build was made: equal stamps, equal results.
///
/// What cargo has compiled for size is served as it is: Binaryen's `wasm-opt -Oz` made the file a seventh smaller, but what
/// is left compressed so much worse that it was a tenth larger on its way to the browser.
fn stamp(compiled: &Path) -> Result<String> {
    let bytes = fs::read(compiled).with_context(|| format!("could not read {}", compiled.display()))?;
    Ok(format!("{}\n", hex::encode(Sha256::digest(bytes))))
}

fn is_current(site: &Path, stamp: &str) -> bool {
    ["pkg/app.js", "pkg/app.wasm"].iter().all(|file| site.join(file).exists())
        && fs::read_to_string(site.join(".stamp")).is_ok_and(|last| last == stamp)
}

/// Makes the JavaScript through which the browser starts the module and the module calls the browser.
fn bind(compiled: &Path, package: &Path) -> Result<()> {
    say("making the JavaScript bindings");
    let mut output = Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    if output.snippets().values().any(|snippets| !snippets.is_empty()) || !output.local_modules().is_empty() {
        bail!("a dependency brings JavaScript files of its own; the server embeds only app.js");
    }
    fs::create_dir_all(package)?;
    fs::write(package.join("app.js"), output.js())?;
    fs::write(package.join("app.wasm"), output.wasm_mut().emit_wasm())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_current_only_with_its_stamp_and_both_files() {
        let site = tempfile::tempdir().unwrap();
        let write = |file: &str, content: &str| fs::write(site.path().join(file), content).unwrap();
        fs::create_dir(site.path().join("pkg")).unwrap();
        write("pkg/app.js", "");
        write(".stamp", "one");
        assert!(!is_current(site.path(), "one"), "app.wasm is missing");
        write("pkg/app.wasm", "");
        assert!(is_current(site.path(), "one"));
        assert!(!is_current(site.path(), "two"), "it was made of something else");
    }

    #[test]
    fn a_stamp_tells_contents_apart() {
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("app.wasm");
        fs::write(&compiled, "one").unwrap();
        let one = stamp(&compiled).unwrap();
        assert_eq!(stamp(&compiled).unwrap(), one);
        fs::write(&compiled, "two").unwrap();
        assert_ne!(stamp(&compiled).unwrap(), one);
    }
}
