//! A real S3 server on loopback: it checks signatures, keeps objects in a folder, and can go away and come back.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use cordee::config::Config;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s::{S3Result, s3_error};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) const ACCESS_KEY: &str = "AKIDFORTHETESTS";
pub(crate) const SECRET_KEY: &str = "the-secret-of-the-tests";
pub(crate) const BUCKET: &str = "files";
pub(crate) const PREFIX: &str = "cordee/media";

/// What the key may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forbidden {
    Nothing,
    /// To list: as at Amazon, what is missing looks forbidden then.
    Listing,
    Reading,
}

struct Rights {
    home: PathBuf,
    forbidden: Forbidden,
}

#[async_trait::async_trait]
impl S3Access for Rights {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let reads = matches!(cx.s3_op().name(), "GetObject" | "HeadObject");
        let there = cx
            .s3_path()
            .as_object()
            .is_some_and(|(bucket, key)| self.home.join(bucket).join(key).exists());
        let refused = match self.forbidden {
            Forbidden::Nothing => false,
            Forbidden::Listing => reads && !there,
            Forbidden::Reading => reads,
        };
        if refused || cx.credentials().is_none() {
            return Err(s3_error!(AccessDenied));
        }
        Ok(())
    }
}

/// The server, with one empty bucket.
pub(crate) struct S3 {
    home: tempfile::TempDir,
    address: SocketAddr,
    forbidden: Forbidden,
    running: Option<Runtime>,
}

impl S3 {
    pub(crate) fn start() -> Self {
        Self::start_without(Forbidden::Nothing)
    }

    /// The same for a key that may not do everything.
    pub(crate) fn start_without(forbidden: Forbidden) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(BUCKET)).unwrap();
        let mut server = Self {
            home,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            forbidden,
            running: None,
        };
        server.come_back();
        server
    }

    /// Listens again where it listened before.
    #[expect(
        clippy::disallowed_methods,
        reason = "this server ends with its runtime"
    )]
    pub(crate) fn come_back(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(self.home.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        service.set_access(Rights {
            home: self.home.path().to_owned(),
            forbidden: self.forbidden,
        });
        let service = service.build();
        let listener = runtime.block_on(TcpListener::bind(self.address)).unwrap();
        self.address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else {
                    continue;
                };
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    // A client that goes away is no matter of the server.
                    drop(server.serve_connection(TokioIo::new(socket), service).await);
                });
            }
        });
        self.running = Some(runtime);
    }

    /// Closes every connection and listens no more.
    pub(crate) fn go_away(&mut self) {
        if let Some(runtime) = self.running.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        }
    }

    /// Forgets every object.
    pub(crate) fn empty(&self) {
        let bucket = self.home.path().join(BUCKET);
        std::fs::remove_dir_all(&bucket).unwrap();
        std::fs::create_dir(bucket).unwrap();
    }

    /// Its address, as in settings.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets a node keep its media here.
    pub(crate) fn serve(&self, config: &mut Config) {
        config.media.store = format!("s3://{BUCKET}/{PREFIX}");
        config.media.s3.endpoint = self.endpoint();
        config.media.s3.access_key = ACCESS_KEY.into();
        config.media.s3.secret_key = SECRET_KEY.into();
    }

    /// The same by environment, for the program.
    pub(crate) fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("CORDEE_MEDIA__STORE", format!("s3://{BUCKET}/{PREFIX}")),
            ("CORDEE_MEDIA__S3__ENDPOINT", self.endpoint()),
            ("CORDEE_MEDIA__S3__ACCESS_KEY", ACCESS_KEY.into()),
            ("CORDEE_MEDIA__S3__SECRET_KEY", SECRET_KEY.into()),
        ]
    }

    /// Names of the node's objects, in order.
    pub(crate) fn objects(&self) -> Vec<String> {
        names(&self.home.path().join(BUCKET).join(PREFIX))
    }

    /// The bytes of an object.
    pub(crate) fn object(&self, name: &str) -> Vec<u8> {
        let path = self.home.path().join(BUCKET).join(PREFIX).join(name);
        std::fs::read(path).unwrap()
    }
}

/// Names of the files in a folder, in order; none where there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
