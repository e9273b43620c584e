//! What can be wrong, or worth knowing, about one field of a form or one property of a document.
//!
//! These are codes with their facts; the words, in every language, are made from them in one place of the dashboard.

use serde::{Deserialize, Serialize};

use crate::{
    AllowedIdentityError, CaCertificateId, GatewayGroupId, NodeAddress, ProtectionLimit, RoutePath,
    RoutePathError, ServiceId, Sni, SslCertificateId, UnixTime, UpstreamId, UpstreamNumber,
};

/// The field that a finding speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// The type of an SSL certificate.
    Type,
    /// How certificates are given: as files or as text.
    Method,
    /// The certificate and its chain.
    Certificate,
    /// The private key.
    PrivateKey,
    /// The switch.
    PeerVerification,
    /// The client CA: a file, or one of the group's.
    CaCertificate,
    /// How many intermediates a client chain may have.
    Depth,
    /// Paths that need no client certificate.
    ExemptPaths,
    /// The identities that are let in.
    AllowList,
    /// Whether clients are told the CAs' names.
    AdvertisesCaNames,
    /// A client that is denied.
    DenyEntry,
    /// The revocation lists of a CA.
    RevocationLists,
    /// What to do once one of them is stale.
    StaleRevocationLists,
    /// A limit of a gateway group.
    Protection(ProtectionLimit),
    /// The addresses that may speak the PROXY protocol.
    ProxyProtocol,
    /// The names under which a server certificate is offered.
    Snis,
    /// The name of a gateway group, a service, an upstream or a route.
    Name,
    /// How nodes are told who the client is.
    IdentityHeaders,
    /// The hosts of a service.
    Hosts,
    /// The routes of a service.
    Routes,
    /// The service of a route.
    Service,
    /// The upstream of a service or a route.
    Upstream,
    /// What nodes speak.
    Scheme,
    /// The nodes of an upstream.
    Nodes,
    /// Which node is next.
    Balancing,
    /// What a consistent hash is taken of.
    HashKey,
    /// The host that nodes are told.
    PassHost,
    /// How long nodes may take.
    Timeouts,
    /// One number of an upstream.
    UpstreamNumber(UpstreamNumber),
    /// How many more nodes are tried.
    Retries,
    /// Connections to nodes that are kept.
    Keepalive,
    /// The CAs that vouch for nodes.
    UpstreamCa,
    /// The name that nodes must prove.
    UpstreamServerName,
    /// The SSL certificate that nodes are shown.
    ClientCertificate,
    /// Active health checks.
    ActiveCheck,
    /// Passive health checks.
    PassiveCheck,
    /// The address of a listener.
    Listener,
    /// The address where plain HTTP is redirected.
    HttpListener,
    /// The certificate for clients that name no host.
    DefaultCertificate,
    /// The name that a user signs in with.
    UserName,
    /// The password.
    Password,
    /// The password once more.
    PasswordAgain,
}

/// One reason why nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Where.
    pub field: Field,
    /// What.
    pub fault: Fault,
}

impl FieldError {
    /// An error at `field`.
    pub fn new(field: Field, fault: Fault) -> Self {
        Self { field, fault }
    }
}

/// Something to know, which does not stand in the way of saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldWarning {
    /// Where.
    pub field: Field,
    /// What.
    pub warning: Warning,
}

impl FieldWarning {
    /// A warning at `field`.
    pub fn new(field: Field, warning: Warning) -> Self {
        Self { field, warning }
    }
}

/// A bound that an input ran over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// So many bytes at most.
    Bytes(u64),
    /// So many characters at most.
    Characters(u64),
    /// So many entries at most.
    Entries(u64),
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Nothing was given where something must be.
    Required,
    /// More than the limit.
    TooLarge(Limit),
    /// Not one of the values that the field knows.
    UnknownValue {
        /// What was given, cut to 64 characters.
        value: String,
    },

    /// Neither PEM nor DER.
    NotPem,
    /// PEM, but no certificate in it. `found` lists the labels that are there.
    NoCertificate {
        /// Labels of the blocks found, such as `PRIVATE KEY`.
        found: Vec<String>,
    },
    /// PEM, but no private key in it.
    NoPrivateKey {
        /// Labels of the blocks found.
        found: Vec<String>,
    },
    /// The key is protected by a passphrase.
    EncryptedKey,
    /// A block that says it is a certificate cannot be read as one.
    UnreadableCertificate {
        /// Which one in the field, from 1.
        number: usize,
        /// What the parser stumbled over, escaped.
        reason: String,
    },
    /// A block that says it is a key cannot be read as one.
    UnreadableKey,
    /// A PEM block starts but does not end, or holds something that is not base64.
    BrokenPem {
        /// The line, from 1, where the block starts.
        line: usize,
    },
    /// The key belongs to no leaf certificate of the upload.
    KeyMismatch {
        /// The certificate of the upload that it does belong to (a CA, say), if any.
        belongs_to: Option<String>,
    },
    /// Two leaf certificates but one key, or the other way round.
    KeyMissingFor {
        /// The certificate that has no key.
        subject: String,
    },
    /// A key of a kind, or a signature, that the TLS library cannot use.
    UnsupportedAlgorithm {
        /// Its name.
        algorithm: String,
    },
    /// RSA below 2048 bits.
    KeyTooSmall {
        /// Its size.
        bits: u32,
    },
    /// A certificate in the CA field may not act as a CA.
    NotAnAnchor {
        /// What to call it.
        subject: String,
        /// Which rule it breaks.
        rule: AnchorRule,
    },
    /// A CA that has expired would let nobody in.
    CaExpired {
        /// What to call it.
        subject: String,
        /// When.
        not_after: UnixTime,
    },
    /// A CA that is not valid yet would let nobody in.
    CaNotYetValid {
        /// What to call it.
        subject: String,
        /// From when.
        not_before: UnixTime,
    },
    /// Peer verification is on, but there is no CA to verify against.
    CaMissing,
    /// The CA that was picked is not in this group (any more).
    CaUnknown {
        /// Its id.
        id: CaCertificateId,
    },
    /// Neither SAN nor CN names a host, and none was given.
    NoSni,
    /// Not a host name or wildcard.
    InvalidSni {
        /// What was given, escaped and cut to 64 characters.
        value: String,
    },
    /// Another enabled certificate of the group has this SNI.
    SniTaken {
        /// The name both want.
        sni: Sni,
        /// Who has it.
        by: SslCertificateId,
    },
    /// Without this SNI, a wider certificate that may ask less of its clients would serve the host. It takes consent.
    OpensHost {
        /// The name that would be given up.
        sni: Sni,
        /// Whose it would be.
        by: SslCertificateId,
    },
    /// Type client with peer verification, SNIs or a CA: these belong to type server.
    NotForClientType,

    /// Not a regular expression that runs in linear time.
    InvalidPathPattern {
        /// Which one, from 1.
        number: usize,
        /// What is wrong, from the expression's compiler, escaped and cut to 256 characters.
        reason: String,
    },
    /// Exempt paths mean something with mode required only.
    ExemptPathsNotRequired,
    /// An entry of an allow-list that could match nothing.
    InvalidIdentity {
        /// Which one, from 1.
        number: usize,
        /// What was given, escaped and cut to 64 characters.
        value: String,
        /// What is wrong.
        rule: AllowedIdentityError,
    },
    /// Not an entry of a deny-list.
    InvalidDenyEntry,
    /// The client is denied already.
    AlreadyDenied,
    /// A block that says it is a revocation list cannot be read as one that is understood.
    UnreadableRevocationList {
        /// Which one in the field, from 1.
        number: usize,
        /// What is wrong, escaped.
        reason: String,
    },
    /// A revocation list of somebody else than this CA.
    RevocationListOfOther {
        /// Who issued it.
        issuer: String,
    },
    /// A revocation list that the CA's key did not sign.
    RevocationListSignature {
        /// Who is said to have issued it.
        issuer: String,
    },
    /// Two revocation lists of the same issuer.
    RevocationListTwice {
        /// The issuer.
        issuer: String,
    },
    /// A revocation list that is not valid yet.
    RevocationListNotYetValid {
        /// The issuer.
        issuer: String,
        /// From when.
        this_update: UnixTime,
    },
    /// A revocation list is stale, and clients of stale lists are to be blocked: it would let nobody in.
    RevocationListStale {
        /// The issuer.
        issuer: String,
        /// When the next one was due.
        next_update: UnixTime,
    },
    /// A revocation list is older than the one that it would take the place of: whoever has been revoked since would be
    /// let in again.
    RevocationListOlder {
        /// The issuer.
        issuer: String,
        /// When it was issued.
        this_update: UnixTime,
        /// When the one in use was issued.
        than: UnixTime,
    },
    /// Not a number.
    NotANumber,
    /// Greater than another limit that must not be smaller.
    GreaterThan {
        /// That one.
        other: ProtectionLimit,
    },
    /// Not an address or a range of addresses.
    InvalidAddressRange {
        /// Which one, from 1.
        number: usize,
        /// What was given, escaped and cut to 64 characters.
        value: String,
    },

    /// Not a host of a service.
    InvalidHost {
        /// What was given, escaped and cut to 64 characters.
        value: String,
    },
    /// Not a path of a route.
    InvalidRoutePath {
        /// What was given, escaped and cut to 64 characters.
        value: String,
        /// What is wrong.
        rule: RoutePathError,
    },
    /// Something is wrong with one of several routes.
    InRoute {
        /// Which one, from 1.
        number: usize,
        /// What.
        fault: Box<Self>,
    },
    /// The route would never get a request: another has the same hosts, paths, methods and priority.
    NeverMatches {
        /// What they have in common.
        path: RoutePath,
        /// What the other is called: its name, its service's, or its id.
        by: String,
    },
    /// A route that neither belongs to a service nor has an upstream.
    NoUpstream,
    /// There is no such service in the group.
    ServiceUnknown {
        /// Its id.
        id: ServiceId,
    },
    /// There is no such upstream in the group.
    UpstreamUnknown {
        /// Its id.
        id: UpstreamId,
    },
    /// Not a node.
    InvalidNode {
        /// Which one, from 1.
        number: usize,
        /// What was given, escaped and cut to 64 characters.
        value: String,
    },
    /// Two nodes at the same address.
    NodeTwice {
        /// The address.
        address: NodeAddress,
    },
    /// The node is a listener of this gateway: requests would come back for ever.
    NodeIsGateway {
        /// The node.
        address: NodeAddress,
        /// The group that listens there.
        group: GatewayGroupId,
    },
    /// There is no such SSL certificate in the group.
    CertificateUnknown {
        /// Its id.
        id: SslCertificateId,
    },
    /// An SSL certificate of type server cannot be shown to nodes.
    NotAClientCertificate {
        /// Its id.
        id: SslCertificateId,
    },
    /// An SSL certificate that is disabled is not shown to nodes.
    CertificateDisabled {
        /// Its id.
        id: SslCertificateId,
    },
    /// It means something with TLS to nodes only.
    NeedsTls,

    /// Characters that the field does not allow.
    InvalidCharacters,
    /// The name is in use.
    NameTaken,
    /// Not `address:port`.
    InvalidAddress,
    /// Something listens there already.
    AddressTaken {
        /// The group that it belongs to.
        by: GatewayGroupId,
    },
    /// Fewer characters than a password needs.
    TooShort {
        /// The least number of characters.
        least: usize,
    },
    /// The two passwords differ.
    PasswordsDiffer,
    /// A number out of its range.
    OutOfRange {
        /// The least value.
        least: u64,
        /// The greatest value.
        most: u64,
    },
}

/// The rules that a trust anchor must keep (RFC 5280 §4.2.1.3, §4.2.1.9; OpenSSL for version 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnchorRule {
    /// basicConstraints says CA:FALSE.
    CaFalse,
    /// No basicConstraints, and not self-signed.
    NoBasicConstraints,
    /// keyUsage is there without keyCertSign.
    NoKeyCertSign,
    /// X.509 v1, and not self-signed.
    V1NotSelfSigned,
    /// Subject and issuer are the same, but the signature is not its own key's.
    SelfSignatureInvalid,
}

/// What is worth knowing about a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Warning {
    /// The certificate is past its validity.
    Expired {
        /// What to call it.
        subject: String,
        /// When.
        not_after: UnixTime,
    },
    /// The certificate's validity has not begun.
    NotYetValid {
        /// What to call it.
        subject: String,
        /// From when.
        not_before: UnixTime,
    },
    /// It expires within 30 days.
    ExpiresSoon {
        /// What to call it.
        subject: String,
        /// Whole days left.
        days: i64,
    },
    /// Signed with SHA-1 (or older).
    WeakSignature {
        /// What to call it.
        subject: String,
        /// The algorithm's name.
        algorithm: String,
    },
    /// X.509 v1, legacy: cannot be limited to a use, cannot carry SANs.
    X509V1 {
        /// What to call it.
        subject: String,
    },
    /// No SAN: clients that check names will refuse it; the SNI came from the CN.
    NoSan,
    /// The chain does not reach a self-signed certificate, and an intermediate seems to be missing.
    IncompleteChain {
        /// The issuer whose certificate is missing.
        issuer: String,
    },
    /// An extended key usage without serverAuth.
    NoServerAuth,
    /// An extended key usage without clientAuth.
    NoClientAuth,
    /// Certificates that are not part of the chain were left out.
    Unrelated {
        /// What to call them.
        subjects: Vec<String>,
    },
    /// A CA certificate is used as server certificate.
    CaAsServer,
    /// A wildcard of this certificate covers a host that another certificate has by name: that one goes first.
    WildcardOverlap {
        /// The wildcard.
        wildcard: Sni,
        /// The name or pattern that overlaps.
        sni: Sni,
        /// Whose it is.
        by: SslCertificateId,
    },
    /// A revocation list is stale; the CA's clients are refused, or let in by the old list, as the CA says.
    RevocationListStale {
        /// The issuer.
        issuer: String,
        /// When the next one was due.
        next_update: UnixTime,
    },
    /// A CA of the policy has expired and lets nobody in any more.
    CaExpired {
        /// What to call it.
        subject: String,
        /// When.
        not_after: UnixTime,
    },
    /// Without this certificate (or this name of it), a wider one that asks less of its clients would serve the host.
    WiderPolicyTakesOver {
        /// The name.
        sni: Sni,
        /// Whose it would be.
        by: SslCertificateId,
    },
    /// A private key stood in a field for certificates; it was used if no other was given, and never stored there.
    KeyInCertificateField,
}
