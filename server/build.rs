//! Embeds the dashboard's static files: style sheet, public files and, where it was built, the browser's half.
//!
//! `cargo xtask` (or cargo-leptos) leaves `app.js` and `app.wasm` in `target/site/pkg`. Without them the program is
//! whole too: the dashboard works without JavaScript. Every file gets the hash of its content into its name, so that
//! browsers may keep it for ever, and is embedded compressed as well.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, io};

use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let root = package.parent().expect("the package lies in the workspace's folder");
    let output = PathBuf::from(variable("OUT_DIR"));

    let mut assets = Assets::new(output.join("assets"))?;
    let stylesheet = assets.add("app", "css", &stylesheet(&root.join("style"))?)?;
    let favicon = assets.add_public(&root.join("public"))?;
    let boot = assets.add_browser_half(&browser_half_folder(root))?;

    let table = format!(
        "const STYLESHEET: &str = {:?};\nconst FAVICON: &str = {:?};\n\
         const BOOT: Option<&str> = {:?};\nstatic FILES: &[File] = &[\n{}];\n",
        url(&stylesheet),
        url(&favicon),
        boot.as_deref().map(url),
        assets.table
    );
    fs::write(output.join("assets.rs"), table)
}

/// The style sheet: tokens, then what applies to every element, then the components by name.
fn stylesheet(folder: &Path) -> io::Result<Vec<u8>> {
    let mut files = files(folder)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|file| {
        let name = file.file_name().map(ToOwned::to_owned);
        (name.as_deref() != Some("tokens.css".as_ref()), name.as_deref() != Some("base.css".as_ref()), name)
    });
    let mut stylesheet = Vec::new();
    for file in files {
        stylesheet.extend(fs::read(file)?);
    }
    Ok(stylesheet)
}

/// Where the browser's half lies if it was built. cargo-leptos says so, `cargo xtask` uses the same place.
fn browser_half_folder(root: &Path) -> PathBuf {
    println!("cargo::rerun-if-env-changed=LEPTOS_SITE_ROOT");
    root.join(env::var_os("LEPTOS_SITE_ROOT").unwrap_or_else(|| "target/site".into())).join("pkg")
}

/// The files of a folder, in the order of their names. Cargo runs us again when one changes, comes or goes.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries: io::Result<Vec<PathBuf>> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let mut files = entries?;
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}

/// The embedded files: written into a folder, and listed in the table that the program includes.
struct Assets {
    folder: PathBuf,
    table: String,
    /// Brotli's quality, 0 to 11. The best takes seconds for the browser's half: worth it only in a release.
    quality: i32,
}

impl Assets {
    fn new(folder: PathBuf) -> io::Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let quality = if variable("PROFILE") == "release" { 11 } else { 5 };
        Ok(Self { folder, table: String::new(), quality })
    }

    /// Adds the public files. Returns the favicon's name.
    fn add_public(&mut self, folder: &Path) -> io::Result<String> {
        let mut favicon = None;
        for file in files(folder)? {
            let (Some(stem), Some(extension)) = (text(file.file_stem()), text(file.extension())) else {
                return Err(io::Error::other(format!("{} has no plain name", file.display())));
            };
            let name = self.add(stem, extension, &fs::read(&file)?)?;
            if stem == "favicon" {
                favicon = Some(name);
            }
        }
        favicon.ok_or_else(|| io::Error::other("public/favicon.svg is missing"))
    }

    /// Adds WebAssembly, its bindings and the module that starts them, if they were built. Returns the latter's name.
    fn add_browser_half(&mut self, folder: &Path) -> io::Result<Option<String>> {
        // Cargo would run us at every build if a path that it shall watch did not exist.
        fs::create_dir_all(folder)?;
        let files = files(folder)?;
        let (script, module) = (folder.join("app.js"), folder.join("app.wasm"));
        if !files.contains(&script) || !files.contains(&module) {
            return Ok(None);
        }
        let script = self.add("app", "js", &fs::read(script)?)?;
        let module = self.add("app", "wasm", &fs::read(module)?)?;
        self.add("boot", "js", boot(&script, &module).as_bytes()).map(Some)
    }

    /// Writes a file under its final name, with compressed copies where they are smaller. Returns the name.
    fn add(&mut self, stem: &str, extension: &str, content: &[u8]) -> io::Result<String> {
        let content_type = content_type(extension)?;
        let hash = hex::encode(&Sha256::digest(content)[..8]);
        let name = format!("{stem}.{hash}.{extension}");
        let identity = self.write(&name, content)?;
        let brotli = self.write_if_smaller(&name, "br", content, &brotli(content, self.quality)?)?;
        let gzip = self.write_if_smaller(&name, "gz", content, &gzip(content)?)?;
        writeln!(
            self.table,
            "    File {{ name: {name:?}, content_type: {content_type:?}, hash: {hash:?}, identity: {identity}, \
             brotli: {brotli}, gzip: {gzip} }},"
        )
        .map_err(io::Error::other)?;
        Ok(name)
    }

    fn write_if_smaller(
        &self,
        name: &str,
        suffix: &str,
        content: &[u8],
        compressed: &[u8],
    ) -> io::Result<String> {
        if compressed.len() >= content.len() {
            return Ok("None".to_owned());
        }
        Ok(format!("Some({})", self.write(&format!("{name}.{suffix}"), compressed)?))
    }

    /// Returns the Rust expression that is the file's content.
    fn write(&self, name: &str, content: &[u8]) -> io::Result<String> {
        let path = self.folder.join(name);
        fs::write(&path, content)?;
        Ok(format!("include_bytes!({path:?})"))
    }
}

/// The module that the page loads: it starts the browser's half. Both downloads begin at once.
fn boot(script: &str, module: &str) -> String {
    format!(
        "const module_or_path = fetch(new URL(\"./{module}\", import.meta.url));\n\
         const {{ default: start, hydrate }} = await import(\"./{script}\");\n\
         await start({{ module_or_path }});\n\
         hydrate();\n"
    )
}

fn content_type(extension: &str) -> io::Result<&'static str> {
    Ok(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => return Err(io::Error::other(format!("no content type is known for .{extension}"))),
    })
}

fn brotli(content: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality, size_hint: content.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

/// The path under which the program serves a file.
fn url(name: &str) -> String {
    format!("/assets/{name}")
}

fn text(name: Option<&std::ffi::OsStr>) -> Option<&str> {
    name.and_then(|name| name.to_str())
}

/// A variable that cargo sets for every build script.
fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets it for build scripts")
}
