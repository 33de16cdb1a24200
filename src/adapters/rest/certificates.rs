//! Whom to believe who a server is: the system's authorities, and those the user names.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::tls::{Certificate, RootCerts};

/// The authorities: the system's, as its other programs have them, and those in the user's file.
/// None if there is not one: that is this computer's fault, and no server's.
pub(super) fn roots(named: Option<&[u8]>) -> Result<Option<RootCerts>, String> {
    // What can't be read there leaves those that can.
    let mut all = rustls_native_certs::load_native_certs().certs;
    if let Some(pem) = named {
        all.extend(read(pem)?);
    }
    let all: Vec<_> = all
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    Ok((!all.is_empty()).then(|| RootCerts::new_with_certs(&all)))
}

/// Whether a file's bytes hold certificates. Fails with a sentence.
pub fn check(pem: &[u8]) -> Result<(), String> {
    read(pem).map(drop)
}

fn read(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let mut store = rustls::RootCertStore::empty();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => {
            let (_, unusable) = store.add_parsable_certificates(certificates.iter().cloned());
            if unusable == 0 {
                Ok(certificates)
            } else {
                Err("it holds a damaged certificate".to_owned())
            }
        }
        Ok(_) => {
            Err("it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)".to_owned())
        }
        Err(_) => Err("it is not a PEM file".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_certificates_will_do() {
        let good = rcgen::generate_simple_self_signed(["git.example.com".to_owned()]);
        let good = good.expect("a certificate").cert.pem();
        assert_eq!(check(good.as_bytes()), Ok(()));
        assert_eq!(check(format!("{good}{good}").as_bytes()), Ok(()));
        let key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let cut = &good[..good.len() / 2];
        for odd in ["", "text", key, damaged, cut] {
            assert!(check(odd.as_bytes()).is_err(), "{odd}");
        }
    }
}
