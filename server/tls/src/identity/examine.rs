//! Making sense of a certificate field and a key field, complete or not.

use domain::{
    CertificateType, Chain, Fault, Field, FieldError, FieldWarning, KeyFinding, Secret, Sni, UnixTime,
    Warning,
};

use super::KeyPair;
use super::warnings::chain_warnings;
use crate::chain;
use crate::facts::{display_name, facts};
use crate::material::{FoundKey, Material, is_blank};
use crate::name::raw_common_name;
use crate::private_key::PrivateKey;
use crate::x509::Parsed;

/// What two fields hold, as far as it can be told. Empty fields are no error here.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    /// Complete pairs; trustworthy only if there is no error.
    pub(crate) pairs: Vec<KeyPair>,
    /// The chains, one for each leaf.
    pub(crate) chains: Vec<Chain>,
    /// The hosts that the leaves name.
    pub(crate) snis: Vec<Sni>,
    /// The first key.
    pub(crate) key: Option<KeyFinding>,
    /// What keeps it from being used.
    pub(crate) errors: Vec<FieldError>,
    /// What is worth knowing.
    pub(crate) warnings: Vec<FieldWarning>,
}

/// Looks at both fields together.
pub(crate) fn examine(
    certificate: &[u8],
    private_key: &Secret,
    certificate_type: CertificateType,
    now: UnixTime,
) -> Examination {
    let mut examination = Examination::default();
    let certificates = examination.material(Field::Certificate, certificate);
    let key_material = examination.material(Field::PrivateKey, private_key.expose());
    let keys = examination.keys(certificates.as_ref(), key_material.as_ref());
    examination.key =
        keys.first().map(|key| KeyFinding { public_key: key.public_key.clone(), matches: None });
    let Some(certificates) = certificates else { return examination };
    if certificates.certificates.is_empty() {
        examination.error(Field::Certificate, certificates.no_certificate());
        return examination;
    }
    let pool = certificates.parsed();
    let matching = Matching::of(&pool, &keys);
    if let Some(finding) = &mut examination.key {
        finding.matches = Some(matching.pairs.iter().any(|pair| pair.key == Some(0)));
    }
    examination.mismatches(&pool, &keys, &matching);
    examination.chains(&pool, &keys, &matching, &certificates, certificate_type, now);
    examination
}

impl Examination {
    fn error(&mut self, field: Field, fault: Fault) {
        self.errors.push(FieldError::new(field, fault));
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings.push(FieldWarning::new(Field::Certificate, warning));
    }

    fn material(&mut self, field: Field, bytes: &[u8]) -> Option<Material> {
        if is_blank(bytes) {
            return None;
        }
        Material::read(bytes).map_err(|fault| self.error(field, fault)).ok()
    }

    /// The keys of the key field, else those of the certificate field; each key once.
    fn keys(&mut self, certificates: Option<&Material>, keys: Option<&Material>) -> Vec<PrivateKey> {
        let key_field_failed = self.errors.iter().any(|error| error.field == Field::PrivateKey);
        if certificates.is_some_and(Material::has_key) {
            self.warn(Warning::KeyInCertificateField);
        }
        match keys {
            Some(material) if material.keys.is_empty() => {
                self.error(Field::PrivateKey, material.no_private_key());
                Vec::new()
            }
            Some(material) => self.load(Field::PrivateKey, &material.keys),
            None if key_field_failed => Vec::new(),
            None => {
                certificates.map(|material| self.load(Field::Certificate, &material.keys)).unwrap_or_default()
            }
        }
    }

    fn load(&mut self, field: Field, found: &[FoundKey]) -> Vec<PrivateKey> {
        let mut keys: Vec<PrivateKey> = Vec::new();
        for found in found {
            match PrivateKey::load(found) {
                Ok(key) if keys.iter().any(|known| known.spki == key.spki) => {}
                Ok(key) => keys.push(key),
                Err(fault) => self.error(field, fault),
            }
        }
        keys
    }

    /// Keys without a leaf, and leaves without a key; nothing while no key was given.
    fn mismatches(&mut self, pool: &[Parsed<'_>], keys: &[PrivateKey], matching: &Matching) {
        for (index, key) in keys.iter().enumerate() {
            if !matching.pairs.iter().any(|pair| pair.key == Some(index)) {
                let belongs_to = pool.iter().find(|it| it.raw.spki == key.spki).map(display_name);
                self.error(Field::PrivateKey, Fault::KeyMismatch { belongs_to });
            }
        }
        // With no fitting key at all, the mismatch above says it.
        if matching.pairs.iter().any(|pair| pair.key.is_some()) {
            for pair in matching.pairs.iter().filter(|pair| pair.key.is_none()) {
                self.error(
                    Field::PrivateKey,
                    Fault::KeyMissingFor { subject: display_name(&pool[pair.leaf]) },
                );
            }
        }
    }

    fn chains(
        &mut self,
        pool: &[Parsed<'_>],
        keys: &[PrivateKey],
        matching: &Matching,
        material: &Material,
        certificate_type: CertificateType,
        now: UnixTime,
    ) {
        let orders: Vec<Vec<usize>> =
            matching.pairs.iter().map(|pair| chain::from_leaf(pair.leaf, pool)).collect();
        let unrelated: Vec<&Parsed<'_>> = (0..pool.len())
            .filter(|index| !orders.iter().flatten().any(|used| used == index))
            .map(|it| &pool[it])
            .collect();
        if !unrelated.is_empty() {
            self.warn(Warning::Unrelated { subjects: unrelated.iter().map(|it| display_name(it)).collect() });
        }
        for (pair, order) in matching.pairs.iter().zip(&orders) {
            let chain: Vec<&Parsed<'_>> = order.iter().map(|&index| &pool[index]).collect();
            for warning in chain_warnings(&chain, &unrelated, certificate_type, now) {
                self.warn(warning);
            }
            if certificate_type == CertificateType::Server {
                self.add_snis(chain[0]);
            }
            self.chains.push(chain.iter().map(|certificate| facts(certificate)).collect());
            if let Some(key) = pair.key {
                let is_whole_field = order.iter().copied().eq(0..pool.len());
                self.pairs.push(KeyPair::new(
                    &chain,
                    &keys[key],
                    material.text.clone().filter(|_| is_whole_field),
                ));
            }
        }
    }

    /// SAN dNSNames if there is one, else the CN (RFC 6125 §6.4.4); those that are host names or wildcards.
    fn add_snis(&mut self, leaf: &Parsed<'_>) {
        let names = match leaf.extensions.dns_names.as_slice() {
            [] => raw_common_name(leaf.fields.subject()).into_iter().collect(),
            names => names.to_vec(),
        };
        for sni in names.iter().filter_map(|name| name.parse().ok()) {
            if !self.snis.contains(&sni) {
                self.snis.push(sni);
            }
        }
    }
}

/// Which key belongs to which leaf.
struct Matching {
    pairs: Vec<Pair>,
}

/// One leaf and its key, by index.
struct Pair {
    leaf: usize,
    key: Option<usize>,
}

impl Matching {
    /// Leaves are the certificates that issued no other of the upload. Of those, each key takes the first with its
    /// public key. What remains is a leaf that misses its key, unless it is a CA certificate, or has the key of a pair
    /// (an older or newer copy): those are unrelated.
    fn of(pool: &[Parsed<'_>], keys: &[PrivateKey]) -> Self {
        let mut pairs: Vec<Pair> = Vec::new();
        let leaves = chain::leaves(pool);
        for &leaf in &leaves {
            let key = keys.iter().position(|key| key.spki == pool[leaf].raw.spki);
            if key.is_none() || !pairs.iter().any(|pair| pair.key == key) {
                pairs.push(Pair { leaf, key });
            }
        }
        let is_ca = |pair: &Pair| pool[pair.leaf].is_ca();
        if pairs.iter().any(|pair| pair.key.is_some() || !is_ca(pair)) {
            pairs.retain(|pair| pair.key.is_some() || !is_ca(pair));
        }
        Self { pairs }
    }
}
