//! Whom connections to others trust: servers whose certificates a public authority signed. One place for peers, the bucket
//! and the database.

use std::sync::Arc;

use crate::error::{Error, Result};

/// Settings for a client; it shows no certificate of its own.
///
/// # Errors
/// `Internal` where TLS cannot be set up.
pub fn client() -> Result<rustls::ClientConfig> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
