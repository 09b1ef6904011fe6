// SPDX-License-Identifier: Apache-2.0
//! HTTP over rustls. `server CERTIFICATE KEY HOST:PORT`: hyper and tokio-rustls on two threads, with the answers
//! /s/STATUS/SIZE/… of http_answers.c. `client GATE HOST PORT CONCURRENCY PATH…`: the same, tasks that share the paths and
//! wait for GATE to exist. `blocking GATE HOST PORT CONCURRENCY PATH…`: ureq, one thread per connection.
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, ServerConfig, SignatureScheme};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The certificate is the test's own.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self, _: &CertificateDer<'_>, _: &[CertificateDer<'_>], _: &ServerName<'_>, _: &[u8], _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self, _: &[u8], _: &CertificateDer<'_>, _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn verify_tls13_signature(
        &self, _: &[u8], _: &CertificateDer<'_>, _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::RSA_PSS_SHA256]
    }
}

fn client_config() -> Arc<ClientConfig> {
    Arc::new(ClientConfig::builder().dangerous().with_custom_certificate_verifier(Arc::new(Anybody)).with_no_client_auth())
}

async fn answer(request: Request<Incoming>) -> Outcome<Response<Full<Bytes>>> {
    let path = request.uri().path().to_string();
    request.into_body().collect().await?;
    let mut parts = path.split('/').skip(2);
    let status: u16 = parts.next().unwrap_or("200").parse()?;
    let size: usize = parts.next().unwrap_or("0").parse()?;
    let body = if status == 204 || status == 304 { 0 } else { size };
    Ok(Response::builder().status(status).body(Full::new(Bytes::from(vec![b'b'; body])))?)
}

async fn serve(certificate: &str, key: &str, listen: &str) -> Outcome<()> {
    let chain = vec![CertificateDer::from_pem_file(certificate)?];
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(socket).await {
                let service = hyper::service::service_fn(answer);
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        });
    }
}

type Paths = Arc<Mutex<Vec<String>>>;

async fn ask(host: String, port: u16, paths: Paths, config: Arc<ClientConfig>) -> Outcome<()> {
    let socket = tokio::net::TcpStream::connect((host.as_str(), port)).await?;
    let stream = tokio_rustls::TlsConnector::from(config).connect(ServerName::try_from("localhost")?, socket).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    loop {
        let Some(path) = paths.lock().unwrap().pop() else { return Ok(()) };
        sender.ready().await?;
        let request = Request::get(path).header("Host", format!("{host}:{port}")).body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        assert_eq!(response.status(), 200);
        response.into_body().collect().await?;
    }
}

fn ask_blocking(host: &str, port: u16, paths: Paths, config: Arc<ClientConfig>) -> Outcome<()> {
    let agent = ureq::AgentBuilder::new().tls_config(config).build();
    loop {
        let Some(path) = paths.lock().unwrap().pop() else { return Ok(()) };
        agent.get(&format!("https://{host}:{port}{path}")).call().map_err(Box::new)?.into_string()?;
    }
}

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if words[1] == "server" {
        return runtime.block_on(serve(&words[2], &words[3], &words[4]));
    }
    let (gate, host, port, concurrency) = (&words[2], words[3].clone(), words[4].parse::<u16>()?, words[5].parse::<usize>()?);
    let paths: Paths = Arc::new(Mutex::new(words[6..].to_vec()));
    let config = client_config();
    while !std::path::Path::new(gate).exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    if words[1] == "client" {
        return runtime.block_on(async {
            let tasks: Vec<_> =
                (0..concurrency).map(|_| tokio::spawn(ask(host.clone(), port, paths.clone(), config.clone()))).collect();
            for task in tasks {
                task.await??;
            }
            Ok(())
        });
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..concurrency)
            .map(|_| scope.spawn(|| ask_blocking(&host, port, paths.clone(), config.clone())))
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a thread"))
    })
}
