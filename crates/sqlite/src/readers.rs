//! The pool of readers: a stack of `query_only` connections, so that the warmest is used first.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use crate::database::{self, Options};
use crate::{Error, Result};

/// Read-only connections, opened when first needed, never more than [`Options::readers`].
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    options: Options,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Connection>,
    open: usize,
}

/// A connection on loan; gives itself back when dropped, also when the reader panics.
struct Loan<'a> {
    readers: &'a Readers,
    conn: Option<Connection>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, options: Options) -> Self {
        Self {
            path,
            options,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Runs `f` on one snapshot of the file.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let loan = self.borrow()?;
        let Some(conn) = &loan.conn else {
            return Err(Error::Closed.into());
        };
        let snapshot = conn.unchecked_transaction().map_err(Error::from)?;
        f(&snapshot)
    }

    fn borrow(&self) -> Result<Loan<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = state.idle.pop() {
                return Ok(self.loan(conn));
            }
            if state.open < self.options.readers.max(1) {
                state.open = state.open.saturating_add(1);
                break;
            }
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        match database::open_reader(&self.path, &self.options) {
            Ok(conn) => Ok(self.loan(conn)),
            Err(e) => {
                self.forget();
                Err(e)
            }
        }
    }

    fn loan(&self, conn: Connection) -> Loan<'_> {
        Loan {
            readers: self,
            conn: Some(conn),
        }
    }

    fn forget(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.open = state.open.saturating_sub(1);
        drop(state);
        self.freed.notify_one();
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let mut state = self
                .readers
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            state.idle.push(conn);
            drop(state);
            self.readers.freed.notify_one();
        }
    }
}
