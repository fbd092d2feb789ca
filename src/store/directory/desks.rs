//! SQLite's connections, each used by one caller at a time. Knows no table.
//!
//! No pool of sqlx's: that one asks a connection whether it still lives after every use, which is as dear as the use. A file does
//! not hang up.

use std::sync::Arc;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

/// A few connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Desks(Arc<[Mutex<Option<SqliteConnection>>]>);

impl Desks {
    pub(super) fn new(connections: Vec<SqliteConnection>) -> Self {
        Self(connections.into_iter().map(|connection| Mutex::new(Some(connection))).collect())
    }

    /// A free connection, or the first to become free at the first desk.
    pub(super) async fn acquire(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, sqlx::Error> {
        let free = self.0.iter().find_map(|desk| desk.try_lock().ok());
        let desk = match free {
            Some(desk) => desk,
            None => self.0[0].lock().await,
        };
        MutexGuard::try_map(desk, Option::as_mut).map_err(|_| sqlx::Error::PoolClosed)
    }

    /// Waits for what is under way.
    pub(super) async fn close(&self) {
        for desk in self.0.iter() {
            if let Some(connection) = desk.lock().await.take() {
                // What was committed is in the log, folded back or not.
                let _ = connection.close().await;
            }
        }
    }
}
