//! A certificate authority of the moment, and one server certificate for loopback, by `openssl`.

use std::{fs, path::PathBuf};

use super::process::{Folder, program, run};

/// PEM files. The server certificate is for `localhost`, 127.0.0.1 and ::1. Removed on drop.
#[derive(Debug)]
pub struct Certificates {
    _folder: Folder,
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

const CONFIG: &str = "[req]
distinguished_name = name
prompt = no
[name]
CN = Gatehouse test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
";

impl Certificates {
    pub fn issue() -> Self {
        let openssl = program("openssl", "openssl");
        let folder = Folder::new("certificates");
        let file = |name: &str| folder.file(name);
        fs::write(file("config"), CONFIG).expect("the folder is ours");
        let (config, ca, ca_key) = (file("config"), file("ca.pem"), file("ca.key"));
        let (certificate, key, request) = (file("server.pem"), file("server.key"), file("server.csr"));
        for name in [&ca_key, &key] {
            run(&openssl, &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name]);
        }
        run(&openssl, &["req", "-new", "-x509", "-days", "2", "-key", &ca_key, "-out", &ca, "-config", &config, "-extensions", "ca"]);
        run(&openssl, &["req", "-new", "-key", &key, "-out", &request, "-config", &config, "-subj", "/CN=localhost"]);
        #[rustfmt::skip]
        run(&openssl, &[
            "x509", "-req", "-days", "2", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial", "-out", &certificate,
            "-extfile", &config, "-extensions", "server",
        ]);
        Self { ca: ca.into(), certificate: certificate.into(), key: key.into(), _folder: folder }
    }

    pub fn ca_pem(&self) -> Vec<u8> {
        fs::read(&self.ca).expect("it was issued")
    }
}

/// A key pair `{name}.key` and `{name}.pem` in `folder`, self-signed as federation partners do, good for `days`.
pub fn self_signed(folder: &Folder, name: &str, days: u16) {
    let (key, certificate, days) = (folder.file(&format!("{name}.key")), folder.file(&format!("{name}.pem")), days.to_string());
    #[rustfmt::skip]
    run(&program("openssl", "openssl"), &[
        "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", &days, "-subj", "/CN=idp.fabrikam.example",
        "-keyout", &key, "-out", &certificate,
    ]);
}
