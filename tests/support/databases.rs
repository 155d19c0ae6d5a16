//! Empty databases for tests: a temporary SQLite file, and where there is a PostgreSQL a schema of its own in it.
//!
//! A PostgreSQL is there where `CORDEE_TEST_POSTGRES` names one, or where its programs are installed: then a cluster is
//! made for the life of this process and removed after it, even if the process is killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use super::record;

/// An empty database; dropping it removes it.
pub(crate) struct Database {
    /// For `database.url`.
    pub(crate) url: String,
    /// `SQLite` or `PostgreSQL`.
    pub(crate) kind: &'static str,
    /// A folder that lives as long as the database: for `data_dir`.
    pub(crate) home: tempfile::TempDir,
    schema: Option<String>,
}

impl Database {
    /// A new SQLite file.
    pub(crate) fn sqlite() -> Self {
        static NOTED: OnceLock<()> = OnceLock::new();
        begin();
        NOTED.get_or_init(|| record::note("SQLite (temporary files)"));
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("cordee.db").display());
        Self {
            url,
            kind: "SQLite",
            home,
            schema: None,
        }
    }

    /// A new schema in the PostgreSQL of this run, if there is one.
    pub(crate) fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        begin();
        let server = server()?;
        let schema = format!(
            "cordee_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        run_sql(server, &format!("CREATE SCHEMA {schema}"));
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{schema}");
        Some(Self {
            url,
            kind: "PostgreSQL",
            home: tempfile::tempdir().unwrap(),
            schema: Some(schema),
        })
    }

    /// The schema, on PostgreSQL.
    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// One of each kind that this machine offers.
    pub(crate) fn each() -> Vec<Self> {
        std::iter::once(Self::sqlite())
            .chain(Self::postgres())
            .collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Some(schema), Some(server)) = (&self.schema, server()) {
            run_sql(server, &format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

fn begin() {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(record::begin);
}

/// Runs statements on the server of a URL, whatever thread or runtime this is called from.
pub(crate) fn run_sql(url: &str, sql: &str) {
    let sql = sql.to_owned();
    with_client(url, |client| async move {
        client.batch_execute(&sql).await.unwrap();
    });
}

/// Rows of three texts and a flag.
pub(crate) fn query(url: &str, sql: &str) -> Vec<(String, String, String, bool)> {
    let sql = sql.to_owned();
    let rows = with_client(url, |client| async move {
        client.query(sql.as_str(), &[]).await.unwrap()
    });
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

/// Runs `work` with a connection, on a thread and a runtime of its own.
fn with_client<T, W, F>(url: &str, work: W) -> T
where
    T: Send + 'static,
    W: FnOnce(tokio_postgres::Client) -> F + Send + 'static,
    F: Future<Output = T>,
{
    let url = url.to_owned();
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                .await
                .unwrap();
            let (done, _) = tokio::join!(work(client), connection);
            done
        })
    };
    std::thread::spawn(body).join().unwrap()
}

/// The URL of the PostgreSQL of this run; `None` where there is none.
pub(crate) fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<String>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            #[expect(
                clippy::disallowed_methods,
                reason = "this variable is for tests, not a setting"
            )]
            let named = std::env::var("CORDEE_TEST_POSTGRES")
                .ok()
                .filter(|url| !url.is_empty());
            let (url, how) = match named {
                Some(url) => (url, "the server of CORDEE_TEST_POSTGRES"),
                None => (own_cluster()?, "a cluster made for the tests"),
            };
            record::note(&format!("PostgreSQL ({how})"));
            Some(url)
        })
        .as_deref()
}

/// Ends with the process: the kernel closes the pipe, the keeper sees that and removes the cluster.
static KEEPER: Mutex<Option<(Child, ChildStdin)>> = Mutex::new(None);

/// Makes a cluster, serves it, waits for the end of stdin, stops and removes it. Arguments: programs, folder, port.
const KEEP: &str = r#"
bin=$1 home=$2 port=$3
trap '' INT HUP TERM
"$bin/initdb" -D "$home/data" -U cordee -A trust -E UTF8 --no-locale --no-sync >"$home/log" 2>&1 || { cat "$home/log" >&2; rm -rf "$home"; exit 1; }
"$bin/postgres" -D "$home/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 >>"$home/log" 2>&1 &
server=$!
for _ in $(seq 300); do
    if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then echo ready; break; fi
    kill -0 $server 2>/dev/null || { cat "$home/log" >&2; break; }
    sleep 0.1
done
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$home"
"#;

fn own_cluster() -> Option<String> {
    // One process a test would mean one cluster a test.
    #[expect(
        clippy::disallowed_methods,
        reason = "this variable belongs to the test runner"
    )]
    if std::env::var("NEXTEST").is_ok() {
        return None;
    }
    let bin = programs()?;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))
        .ok()?
        .local_addr()
        .ok()?
        .port();
    let home = tempfile::Builder::new()
        .prefix("cordee-postgres-")
        .tempdir()
        .ok()?
        .keep();
    let mut command = match other_user() {
        // PostgreSQL refuses to run as root.
        Some(user) => {
            let owned = Command::new("chown").arg(user).arg(&home).status().ok()?;
            assert!(
                owned.success(),
                "the folder of the cluster cannot be given to {user}"
            );
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", user, "--regid"])
                .arg(group_of(user))
                .args(["--clear-groups", "sh"]);
            command
        }
        None => Command::new("sh"),
    };
    command
        .args(["-c", KEEP, "keeper"])
        .arg(&bin)
        .arg(&home)
        .arg(port.to_string());
    let mut keeper = command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let (stdin, stdout) = (keeper.stdin.take()?, keeper.stdout.take()?);
    let mut said = String::new();
    BufReader::new(stdout).read_line(&mut said).ok()?;
    assert_eq!(
        said.trim(),
        "ready",
        "PostgreSQL is installed in {} but does not start",
        bin.display()
    );
    *KEEPER.lock().unwrap() = Some((keeper, stdin));
    Some(format!("postgres://cordee@127.0.0.1:{port}/postgres"))
}

/// Where `initdb` and `postgres` are: in the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path().join("bin"))
                .collect()
        })
        .unwrap_or_default();
    debian.sort();
    debian.reverse();
    std::env::split_paths(&path).chain(debian).find(|folder| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).exists())
    })
}

/// The user to run as where this is root.
fn other_user() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return None;
    }
    let known = |user: &&&str| {
        Command::new("id")
            .arg(user)
            .output()
            .is_ok_and(|done| done.status.success())
    };
    ["postgres", "nobody"].iter().find(known).copied()
}

fn group_of(user: &str) -> String {
    let id = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim().to_owned()
}
