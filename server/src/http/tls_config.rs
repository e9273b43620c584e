//! The certificate of the dashboard itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use domain::{CertificateType, Fingerprint, Secret, ServerName, Sni};
use tls::{Clock, HostConfig, Identity};

use crate::config::DashboardTls;

/// The dashboard's certificate, ready to serve.
#[derive(Debug)]
pub(crate) struct DashboardCertificate {
    pub(crate) config: Arc<rustls::ServerConfig>,
    /// The names that it carries; browsers may use them.
    pub(crate) hosts: Vec<ServerName>,
    /// SHA-256, to compare with what the browser shows; only said of one that we made ourselves.
    pub(crate) self_signed: Option<Fingerprint>,
}

/// Reads, or makes, the dashboard's certificate; `None`: no TLS.
///
/// # Errors
/// A file cannot be read or written, or is not what it should be.
pub(crate) fn dashboard_certificate(
    wanted: &DashboardTls,
    data_dir: &Path,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Option<DashboardCertificate>> {
    match wanted {
        DashboardTls::Off => Ok(None),
        DashboardTls::Files { certificate, private_key } => {
            load(certificate, private_key, false, clock).map(Some)
        }
        DashboardTls::SelfSigned => {
            let (certificate, private_key) = (data_dir.join("dashboard.crt"), data_dir.join("dashboard.key"));
            if !certificate.exists() || !private_key.exists() {
                make(&certificate, &private_key)?;
            }
            load(&certificate, &private_key, true, clock).map(Some)
        }
    }
}

fn load(
    certificate: &PathBuf,
    private_key: &PathBuf,
    self_signed: bool,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<DashboardCertificate> {
    let read =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let (pem, key) = (read(certificate)?, Secret::new(read(private_key)?));
    let identity = match Identity::read(&pem, &key, CertificateType::Server, clock.now()) {
        Ok(identity) => identity,
        Err(errors) => {
            let errors: Vec<_> =
                errors.iter().map(|error| format!("{:?}: {:?}", error.field, error.fault)).collect();
            bail!(
                "the dashboard's certificate {} cannot be used: {}",
                certificate.display(),
                errors.join("; ")
            );
        }
    };
    let config = HostConfig::new(&identity.pairs, None, Arc::clone(clock))
        .map_err(|fault| anyhow::anyhow!("the dashboard's certificate cannot be used: {fault:?}"))?;
    let leaf = identity.pairs.first().and_then(|pair| pair.facts().first());
    let mut config = rustls::ServerConfig::clone(config.server_config());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(DashboardCertificate {
        config: Arc::new(config),
        hosts: identity.snis.iter().filter_map(exact).collect(),
        self_signed: leaf.filter(|_| self_signed).map(|leaf| leaf.fingerprint),
    })
}

fn exact(sni: &Sni) -> Option<ServerName> {
    match sni {
        Sni::Exact(name) => Some(name.clone()),
        Sni::Wildcard(_) | Sni::Any => None,
    }
}

/// A P-256 key and a certificate for `localhost`, valid as long as rcgen's default says (to 4096): it is trusted by its
/// fingerprint, so an end would only break it.
fn make(certificate: &Path, private_key: &Path) -> anyhow::Result<()> {
    let made =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "postern.localhost".to_owned()])
            .context("cannot make the dashboard's certificate")?;
    write_private(private_key, made.signing_key.serialize_pem().as_bytes())?;
    write_private(certificate, made.cert.pem().as_bytes())
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let write = || {
        let mut options = std::fs::OpenOptions::new();
        // A file that is there may be open to others, or a link: it is replaced, not written into.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
