//! The browser's half of the dashboard: `app` compiled to WebAssembly, with its JavaScript bindings.
//!
//! The result lies in `target/site/pkg`, under the names that cargo-leptos gives too: `app.js` and `app.wasm`. From
//! there the server's build script takes it, gives it its final names, compresses and embeds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{run, say};
use crate::npm;
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
    let optimiser = Optimiser::find(root, profile)?;
    let stamp = stamp(&compiled, optimiser.as_ref())?;
    if is_current(&site, &stamp) {
        return Ok(());
    }
    let package = site.join("pkg");
    bind(&compiled, &package)?;
    if let Some(optimiser) = optimiser {
        optimiser.run(&package.join("app.wasm"))?;
    }
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
fn stamp(compiled: &Path, optimiser: Option<&Optimiser>) -> Result<String> {
    let bytes = fs::read(compiled).with_context(|| format!("could not read {}", compiled.display()))?;
    let optimised = if optimiser.is_some() { "optimised" } else { "as compiled" };
    Ok(format!("{} {optimised}\n", hex::encode(Sha256::digest(bytes))))
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

/// Binaryen's `wasm-opt`, as npm package.
#[derive(Debug)]
struct Optimiser {
    program: PathBuf,
}

impl Optimiser {
    /// Installs it if need be. None where it is not worth its time, or where there is no npm.
    fn find(root: &Path, profile: Profile) -> Result<Option<Self>> {
        if profile == Profile::Development {
            return Ok(None);
        }
        if !npm::is_installed() {
            say("npm is not installed: the browser half stays about a fifth larger than it could be");
            return Ok(None);
        }
        let folder = root.join("xtask");
        npm::install(&folder)?;
        Ok(Some(Self { program: folder.join("node_modules/.bin/wasm-opt") }))
    }

    /// Makes the module smaller, in place.
    fn run(&self, module: &Path) -> Result<()> {
        say("making it smaller with wasm-opt");
        let smaller = module.with_extension("wasm.smaller");
        run(Command::new(&self.program).arg("-Oz").args(FEATURES).arg(module).arg("--output").arg(&smaller))?;
        fs::rename(&smaller, module).with_context(|| format!("could not replace {}", module.display()))
    }
}

/// The features of WebAssembly that rustc uses by default for the target, all supported by every current browser.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

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
    fn a_stamp_tells_contents_and_optimisation_apart() {
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("app.wasm");
        fs::write(&compiled, "one").unwrap();
        let plain = stamp(&compiled, None).unwrap();
        let optimised = stamp(&compiled, Some(&Optimiser { program: PathBuf::new() })).unwrap();
        assert_ne!(plain, optimised);
        fs::write(&compiled, "two").unwrap();
        assert_ne!(plain, stamp(&compiled, None).unwrap());
    }
}
