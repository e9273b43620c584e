//! Certificates made with openssl, and openssl and curl as clients that present them.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::support::{Answer, Postern};

/// What does not happen by then does not happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server certificate for `open.test` and one for `*.strict.test`; `ca` and its clients `ann` and `bob`.
const MAKE: &str = r#"
ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$2" -keyout $1.key -out $1.crt \
  -addext keyUsage=critical,keyCertSign,cRLSign; }
leaf() { # name, subject, issuer, extensions
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout $1.key -out $1.csr
  printf "$4" > $1.ext
  openssl x509 -req -days 30 -in $1.csr -CA $3.crt -CAkey $3.key -CAcreateserial -extfile $1.ext -out $1.crt; }
ca ca 'Partners CA'
ca rogue 'Partners CA'
leaf open '/CN=open.test' ca 'subjectAltName=DNS:open.test\n'
leaf strict '/CN=strict' ca 'subjectAltName=DNS:*.strict.test\n'
leaf ann '/CN=ann' ca 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:ann.partners.test\n'
leaf bob '/CN=bob' ca 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:bob.partners.test\n'
leaf mallory '/CN=ann' rogue 'extendedKeyUsage=clientAuth\n'
"#;

/// Makes all of them in the process' directory.
pub(crate) fn make(postern: &Postern) {
    let made = Command::new("sh").args(["-ec", MAKE]).current_dir(postern.dir()).output().expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Makes a certificate `name` of the CA `issuer`; `extensions` as in a configuration file of openssl, lines ended by `\n`.
pub(crate) fn leaf(postern: &Postern, name: &str, subject: &str, issuer: &str, extensions: &str) {
    let functions = MAKE.lines().take_while(|line| !line.starts_with("ca ca")).collect::<Vec<_>>().join("\n");
    let script = format!("{functions}\nleaf \"$@\"");
    let made = Command::new("sh")
        .args(["-ec", &script, "sh", name, subject, issuer, extensions])
        .current_dir(postern.dir())
        .output()
        .expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Adds the SSL certificate `name`; with `ca`, clients are verified against it. Further fields as in the form.
pub(crate) fn add(postern: &Postern, name: &str, ca: Option<&str>, fields: &[&str]) -> Answer {
    let file = |field: &str, file: String| format!("{field}=@{}", postern.dir().join(file).display());
    let mut parts = vec![
        "group=default".to_owned(),
        "type=server".to_owned(),
        "method=upload".to_owned(),
        file("certificate", format!("{name}.crt")),
        file("private_key", format!("{name}.key")),
    ];
    if let Some(ca) = ca {
        parts.push("peer_verification=on".to_owned());
        parts.push(file("ca_certificate", format!("{ca}.crt")));
    }
    parts.extend(fields.iter().map(|field| (*field).to_owned()));
    let options: Vec<&str> = parts.iter().flat_map(|part| ["-F", part]).collect();
    postern.curl(&options, "/api/ssl-certificate/add")
}

/// `open.test` for everybody, `*.strict.test` for clients of `ca`.
pub(crate) fn open_and_strict(postern: &Postern) {
    make(postern);
    postern.sign_in();
    for (name, ca) in [("open", None), ("strict", Some("ca"))] {
        let added = add(postern, name, ca, &[]);
        assert!(added.status < 400, "{added:?}\n{}", postern.log());
    }
}

/// Asks the gateway with curl for `https://host/path`; gives the status, 0 if there was no answer.
pub(crate) fn ask(postern: &Postern, url: &str, client: Option<&str>, options: &[&str]) -> u16 {
    let port = postern.gateway_port().to_string();
    let mut curl = Command::new("curl");
    curl.args(["-sk", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}"]);
    curl.args(["--connect-to", &format!("::127.0.0.1:{port}")]);
    if let Some(client) = client {
        curl.args(["--cert", &format!("{client}.crt"), "--key", &format!("{client}.key")]);
    }
    let output = curl.args(options).arg(url).current_dir(postern.dir()).output().expect("curl runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0)
}

/// `openssl s_client` with a connection that stays open.
#[derive(Debug)]
pub(crate) struct OpenConnection {
    child: Child,
    stdin: ChildStdin,
    output: Receiver<Vec<u8>>,
    text: String,
}

impl OpenConnection {
    /// Connects for `host`; if that is empty, without SNI.
    pub(crate) fn to(postern: &Postern, host: &str, client: Option<&str>, options: &[&str]) -> Self {
        let mut child = s_client(postern.dir(), postern.gateway_port(), host, client, options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl runs");
        let stdin = child.stdin.take().expect("piped");
        let mut stdout = child.stdout.take().expect("piped");
        let (send, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin, output, text: String::new() }
    }

    /// Sends a request over HTTP/1.1 and waits for an answer's status line, or the end (0).
    pub(crate) fn request(&mut self, host: &str, path: &str) -> u16 {
        self.text.clear();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        if self.stdin.write_all(request.as_bytes()).and_then(|()| self.stdin.flush()).is_err() {
            return 0;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.text.find("HTTP/1.1 ")
                && let Some(status) = self.text.get(at + 9..at + 12)
            {
                return status.parse().unwrap_or(0);
            }
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.text.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => return 0,
            }
        }
    }

    /// Waits for the other side to close; how long that took from now, `None` if it did not.
    pub(crate) fn closed_within(&mut self, patience: Duration) -> Option<Duration> {
        let start = Instant::now();
        loop {
            match self.output.recv_timeout(patience.checked_sub(start.elapsed())?) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Timeout) => return None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Some(start.elapsed()),
            }
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `openssl s_client`, quiet but for what the server sends.
fn s_client(dir: &Path, port: u16, host: &str, client: Option<&str>, options: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{port}")]);
    if host.is_empty() {
        command.arg("-noservername");
    } else {
        command.args(["-servername", host]);
    }
    if let Some(client) = client {
        command.args(["-cert", &format!("{client}.crt"), "-key", &format!("{client}.key")]);
    }
    command.args(options).current_dir(dir);
    command
}

/// One request with `openssl s_client`; gives its status, 0 if there was no answer.
pub(crate) fn ask_openssl(
    postern: &Postern,
    sni: &str,
    host: &str,
    client: Option<&str>,
    options: &[&str],
) -> u16 {
    OpenConnection::to(postern, sni, client, options).request(host, "/ip")
}

/// Denies the client `name` in the whole group, by its serial number; gives the entry's id.
pub(crate) fn deny(postern: &Postern, name: &str) -> String {
    let serial = openssl(postern, &["x509", "-noout", "-serial", "-in", &format!("{name}.crt")]);
    let serial = serial.trim().trim_start_matches("serial=");
    let entry = format!("deny_entry=serial:{serial} issuer:CN=Partners CA");
    let fields = ["group=default", "ssl_certificate=", &entry, &format!("label={name}")]
        .map(|field| ["--data-urlencode".to_owned(), field.to_owned()])
        .concat();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let denied = postern.curl(&fields, "/api/client/deny");
    assert!(denied.status < 400, "{denied:?}\n{}", postern.log());
    let list = postern.curl(&[], "/api/client/denied?group=default").body;
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    list["items"][0]["id"].as_str().expect("the newest entry").to_owned()
}

/// Takes an entry off the deny-list.
pub(crate) fn allow(postern: &Postern, id: &str) {
    let id = format!("id={id}");
    let fields = ["--data-urlencode", "group=default", "--data-urlencode", &id];
    let allowed = postern.curl(&fields, "/api/client/allow");
    assert!(allowed.status < 400, "{allowed:?}\n{}", postern.log());
}

/// Makes a list of `ca` that revokes the client `name` (and an empty one of `rogue`), and uploads it.
pub(crate) fn revoke(postern: &Postern, name: &str) {
    const SCRIPT: &str = r#"
for ca in ca rogue; do
  printf '[ca]\ndefault_ca=it\n[it]\ndatabase=%s.index\ncrlnumber=%s.number\ndefault_md=sha256\ndefault_crl_days=30\n' $ca $ca > $ca.cnf
  : > $ca.index; echo 01 > $ca.number; done
openssl ca -config ca.cnf -keyfile ca.key -cert ca.crt -revoke $CLIENT.crt
for ca in ca rogue; do openssl ca -config $ca.cnf -keyfile $ca.key -cert $ca.crt -gencrl -out $ca.crl; done
"#;
    let made = Command::new("sh")
        .args(["-ec", SCRIPT])
        .env("CLIENT", name)
        .current_dir(postern.dir())
        .output()
        .expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let answer = upload_revocation_list(postern, "ca.crl");
    assert!(answer.status < 400, "{answer:?}\n{}", postern.log());
}

/// Uploads a list of `ca` that revokes nobody and is stale after so many seconds.
pub(crate) fn upload_short_lived_revocation_list(postern: &Postern, seconds: u32) {
    let script = format!(
        "printf '[ca]\\ndefault_ca=it\\n[it]\\ndatabase=short.index\\ndefault_md=sha256\\n' > short.cnf; : > short.index
        openssl ca -config short.cnf -keyfile ca.key -cert ca.crt -gencrl -crlsec {seconds} -out short.crl"
    );
    let made =
        Command::new("sh").args(["-ec", &script]).current_dir(postern.dir()).output().expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let answer = upload_revocation_list(postern, "short.crl");
    assert!(answer.status < 400, "{answer:?}\n{}", postern.log());
}

/// Makes `old.crl`, a list of `ca` of long ago that is not stale yet and revokes nobody.
pub(crate) fn make_old_revocation_list(postern: &Postern) {
    const SCRIPT: &str = r#"
printf '[ca]\ndefault_ca=it\n[it]\ndatabase=old.index\ndefault_md=sha256\n' > old.cnf; : > old.index
openssl ca -config old.cnf -keyfile ca.key -cert ca.crt -gencrl -out old.crl \
  -crl_lastupdate 20250101000000Z -crl_nextupdate 20990101000000Z
"#;
    let made = Command::new("sh").args(["-ec", SCRIPT]).current_dir(postern.dir()).output().expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Uploads a revocation list to the group's only CA.
pub(crate) fn upload_revocation_list(postern: &Postern, file: &str) -> Answer {
    let file = format!("revocation_lists=@{}", postern.dir().join(file).display());
    set_revocation(postern, &["-F", &file, "-F", "stale_revocation_lists=block"])
}

/// Says what to do once the lists of the group's only CA are stale: `block` or `warn`.
pub(crate) fn set_stale_revocation_lists(postern: &Postern, choice: &str) -> Answer {
    set_revocation(postern, &["-F", &format!("stale_revocation_lists={choice}")])
}

fn set_revocation(postern: &Postern, fields: &[&str]) -> Answer {
    let list = postern.curl(&[], "/api/ca-certificate/list?group=default").body;
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let id = format!("id={}", list["items"][0][0]["id"].as_str().expect("the CA"));
    let form = [&["-F", "group=default", "-F", &id], fields].concat();
    postern.curl(&form, "/api/ca-certificate/set-revocation")
}

fn openssl(postern: &Postern, arguments: &[&str]) -> String {
    let output =
        Command::new("openssl").args(arguments).current_dir(postern.dir()).output().expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
