//! Looks at everything in one snapshot.

use rusqlite::Connection;

use super::super::checking::{Inspector, ORPHANS};
use super::super::{Checked, Result};
use super::convert::Count;
use super::{device, event, file, member, org, snapshot};

pub(super) fn all(conn: &Connection) -> Result<Checked> {
    let mut inspector = Inspector::new();
    for org in org::kept(conn)? {
        let members = member::all(conn, org.id)?;
        let devices = device::kept(conn, org.id)?;
        inspector.org(
            &org,
            members.into_iter().map(|m| m.member).collect(),
            devices.into_iter().map(|d| d.id).collect(),
        );
        event::each(conn, org.id, |row| {
            inspector.event(&row);
            Ok(())
        })?;
        snapshot::each(conn, org.id, |row| inspector.fold(row))?;
        for row in file::kept(conn, org.id)? {
            inspector.file(&row, file::sum(conn, org.id, &row)?);
        }
    }
    for (sentence, question) in ORPHANS {
        let count: Count = conn.query_row(question, [], |row| row.get(0))?;
        inspector.orphans(sentence, count.0);
    }
    Ok(inspector.finish())
}
