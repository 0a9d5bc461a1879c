//! A renewed certificate, shown without a restart.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::house::PATIENCE;
use crate::process::Program;

/// Makes a certificate with this name, and its key.
fn make(dir: &Path, name: &str) -> (Vec<u8>, Vec<u8>) {
    let (cert, key) = (dir.join("made.pem"), dir.join("made.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "3650"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj"])
        .arg(format!("/CN={name}"))
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (std::fs::read(cert).unwrap(), std::fs::read(key).unwrap())
}

/// The name in the certificate that is shown now.
fn shown(server: &Program) -> String {
    let output = Command::new("openssl")
        .args(["s_client", "-servername", "localhost", "-connect"])
        .arg(server.address.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let subject = said.lines().find(|line| line.starts_with("subject="));
    subject.unwrap_or_default().replace(' ', "")
}

#[test]
fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
    let dir = TempDir::new().unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    let put = |pair: &(Vec<u8>, Vec<u8>)| {
        std::fs::write(&cert, &pair.0).unwrap();
        std::fs::write(&key, &pair.1).unwrap();
    };
    let (old, new) = (make(dir.path(), "old"), make(dir.path(), "new"));
    put(&old);
    let words = [
        "--tls-cert",
        cert.to_str().unwrap(),
        "--tls-key",
        key.to_str().unwrap(),
    ];
    let server = Program::serve(dir.path(), &words);
    assert!(shown(&server).ends_with("CN=old"));
    let reread = || {
        let pid = server.pid().to_string();
        let told = Command::new("kill").args(["-HUP", &pid]).status().unwrap();
        assert!(told.success(), "the server runs");
    };
    put(&(new.0.clone(), old.1.clone()));
    reread();
    assert!(
        shown(&server).ends_with("CN=old"),
        "another certificate's key: the old pair goes on"
    );
    put(&new);
    reread();
    let begun = Instant::now();
    while !shown(&server).ends_with("CN=new") {
        assert!(begun.elapsed() < PATIENCE, "the new one is shown");
    }
}
