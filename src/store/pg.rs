//! The pure-Rust PostgreSQL driver as a blocking connection that fits diesel's union derive. Used on blocking threads
//! only. What it lacks on purpose: look-ups of types that are not built in, since the portable subset has none.

use std::any::Any;

use diesel::connection::{
    CacheSize, Connection, ConnectionSealed, Instrumentation, LoadConnection, SimpleConnection,
    TransactionManager, TransactionManagerStatus,
};
use diesel::internal::derives::multiconnection::MultiConnectionHelper;
use diesel::migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection};
use diesel::pg::{Pg, PgMetadataLookup, PgTypeMetadata};
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::r2d2::R2D2Connection;
use diesel::sql_types::TypeMetadata;
use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::tls;

fn bad(error: impl std::error::Error) -> ConnectionError {
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text = format!("{text}: {cause}");
    }
    ConnectionError::BadConnection(text)
}

pub(super) fn config_of(url: &str) -> ConnectionResult<Config> {
    url.parse().map_err(|error: tokio_postgres::Error| {
        ConnectionError::InvalidConnectionUrl(error.to_string())
    })
}

/// TLS with a verified certificate.
pub(super) fn verified() -> ConnectionResult<MakeRustlsConnect> {
    let tls = tls::client().map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    Ok(MakeRustlsConnect::new(tls))
}

type Inner = AsyncConnectionWrapper<AsyncPgConnection>;

/// One blocking connection to PostgreSQL.
#[allow(
    missing_debug_implementations,
    reason = "the wrapped connection has none"
)]
pub struct PgConn(Inner);

impl PgConn {
    /// Connects. `sslmode=require` in the URL means TLS with a verified certificate; without it the connection is
    /// plain, since `prefer` as libpq knows it protects against nobody who can interfere.
    pub(super) async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
        let config = config_of(url)?;
        if config.get_ssl_mode() != SslMode::Require {
            let (client, connection) = config.connect(NoTls).await.map_err(bad)?;
            return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
        }
        let (client, connection) = config.connect(verified()?).await.map_err(bad)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    }

    /// Wraps an asynchronous connection; must run where a runtime is entered.
    pub(super) fn wrap(connection: AsyncPgConnection) -> Self {
        Self(Inner::from(connection))
    }
}

/// Stands in for the look-up of types by name, which built-in types never need.
struct NoLookup;

impl PgMetadataLookup for NoLookup {
    fn lookup_type(&mut self, type_name: &str, _schema: Option<&str>) -> PgTypeMetadata {
        tracing::error!(
            type_name,
            "a query names a PostgreSQL type outside the portable subset"
        );
        PgTypeMetadata::new(0, 0)
    }
}

impl SimpleConnection for PgConn {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.0.batch_execute(query)
    }
}

impl ConnectionSealed for PgConn {}

impl Connection for PgConn {
    type Backend = Pg;
    type TransactionManager = Transactions;

    fn establish(url: &str) -> ConnectionResult<Self> {
        Inner::establish(url).map(Self)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        self.0.execute_returning_count(source)
    }

    fn transaction_state(
        &mut self,
    ) -> &mut <Self::TransactionManager as TransactionManager<Self>>::TransactionStateData {
        self.0.transaction_state()
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.0.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.0.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.0.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection for PgConn {
    type Cursor<'conn, 'query> = <Inner as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = <Inner as LoadConnection>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: diesel::expression::QueryMetadata<T::SqlType>,
    {
        self.0.load(source)
    }
}

/// Forwards to the wrapped connection's own transactions.
#[derive(Debug)]
pub struct Transactions;

type InnerTransactions = <Inner as Connection>::TransactionManager;

impl TransactionManager<PgConn> for Transactions {
    type TransactionStateData =
        <InnerTransactions as TransactionManager<Inner>>::TransactionStateData;

    fn begin_transaction(conn: &mut PgConn) -> QueryResult<()> {
        InnerTransactions::begin_transaction(&mut conn.0)
    }

    fn rollback_transaction(conn: &mut PgConn) -> QueryResult<()> {
        InnerTransactions::rollback_transaction(&mut conn.0)
    }

    fn commit_transaction(conn: &mut PgConn) -> QueryResult<()> {
        InnerTransactions::commit_transaction(&mut conn.0)
    }

    fn transaction_manager_status_mut(conn: &mut PgConn) -> &mut TransactionManagerStatus {
        InnerTransactions::transaction_manager_status_mut(&mut conn.0)
    }

    fn is_broken_transaction_manager(conn: &mut PgConn) -> bool {
        InnerTransactions::is_broken_transaction_manager(&mut conn.0)
    }
}

impl R2D2Connection for PgConn {
    fn ping(&mut self) -> QueryResult<()> {
        self.0.ping()
    }

    fn is_broken(&mut self) -> bool {
        self.0.is_broken()
    }
}

impl MigrationConnection for PgConn {
    fn setup(&mut self) -> QueryResult<usize> {
        self.0.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}

impl MultiConnectionHelper for PgConn {
    fn to_any<'a>(_lookup: &mut <Pg as TypeMetadata>::MetadataLookup) -> &mut (dyn Any + 'a) {
        // A value without size: leaking it takes no memory.
        Box::leak(Box::new(NoLookup))
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut <Pg as TypeMetadata>::MetadataLookup> {
        lookup
            .downcast_mut::<NoLookup>()
            .map(|found| found as &mut dyn PgMetadataLookup)
    }
}
