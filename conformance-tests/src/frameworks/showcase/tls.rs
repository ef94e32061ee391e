use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use rcgen::{CertifiedKey, PublicKeyData, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate that nobody trusts, made for this run.
#[derive(Clone)]
pub struct Certificate {
    /// In PEM, as the key is.
    pub(super) chain: String,
    pub(super) key: String,
    public_key: Vec<u8>,
    /// Offers HTTP/2.
    pub(super) config: ServerConfig,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chain)
    }
}

impl Certificate {
    /// A new one, for these names.
    ///
    /// # Panics
    ///
    /// If one of them is no name.
    #[must_use]
    pub fn new(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("names, and a source of randomness");
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions that the provider has")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .expect("a certificate and its key");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self {
            chain: cert.pem(),
            key: signing_key.serialize_pem(),
            public_key: signing_key.subject_public_key_info(),
            config,
        }
    }

    /// What Chromium knows it by: the SHA-256 of its public key, in base64.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.public_key);
        base64::engine::general_purpose::STANDARD.encode(digest)
    }
}

/// Gives connections whose handshake is done; one that takes its time holds up no other.
#[derive(Debug)]
pub struct TlsListener {
    address: SocketAddr,
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    /// Takes connections from the listener.
    ///
    /// # Panics
    ///
    /// Outside of a runtime of tokio.
    #[must_use]
    pub fn new(listener: TcpListener, certificate: &Certificate) -> Self {
        let address = listener.local_addr().expect("the address of a socket");
        let acceptor = TlsAcceptor::from(Arc::new(certificate.config.clone()));
        let (give, connections) = mpsc::channel(16);
        tokio::spawn(async move {
            while !give.is_closed() {
                let Ok((stream, peer)) = listener.accept().await else {
                    tokio::task::yield_now().await;
                    continue;
                };
                let (acceptor, give) = (acceptor.clone(), give.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = give.send((stream, peer)).await;
                    }
                });
            }
        });
        Self {
            address,
            connections,
        }
    }
}

impl ::axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
