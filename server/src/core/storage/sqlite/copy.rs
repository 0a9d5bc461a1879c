//! Everything into a file, and out of one.

use std::path::Path;

use kontor_protocol::OrgId;
use rusqlite::Connection;

use super::super::backup::{BackupReader, BackupWriter, Line};
use super::super::{Result, StorageError};
use super::{act, audit, company, device, erp, event, file, invitation, member, org};

/// `conn` is one snapshot.
pub(super) fn backup(conn: &Connection, path: &Path) -> Result<u64> {
    let mut out = BackupWriter::create(path)?;
    for org in org::kept(conn)? {
        let id = org.id;
        out.put(&Line::Org(org))?;
        for row in member::kept(conn, id)? {
            out.put(&Line::Member(row))?;
        }
        for row in device::kept(conn, id)? {
            out.put(&Line::Device(row))?;
        }
        for row in invitation::kept(conn, id)? {
            out.put(&Line::Invitation(row))?;
        }
        for row in company::kept(conn, id)? {
            out.put(&Line::Company(row))?;
        }
        if let Some(row) = erp::kept(conn, id)? {
            out.put(&Line::Erp(row))?;
        }
        for row in audit::kept(conn, id)? {
            out.put(&Line::Audit(row))?;
        }
        act::each(conn, id, |row| out.put(&Line::Act(row)))?;
        event::each(conn, id, |row| out.put(&Line::Event(row)))?;
        for row in file::kept(conn, id)? {
            out.put(&Line::File(row.clone()))?;
            file::each_part(conn, id, &row, |part| out.put(&Line::FilePart(part)))?;
        }
    }
    out.finish()
}

pub(super) fn restore(tx: &Connection, path: &Path) -> Result<u64> {
    if tx.prepare_cached("SELECT 1 FROM org")?.exists([])? {
        return Err(StorageError::NotEmpty);
    }
    let mut input = BackupReader::open(path)?;
    let mut into = None;
    loop {
        let lines = input.chunk()?;
        if lines.is_empty() {
            return Ok(input.events());
        }
        for line in lines {
            put(tx, &mut into, line)?;
        }
    }
}

/// `into` is the organisation whose rows are being read.
fn put(tx: &Connection, into: &mut Option<OrgId>, line: Line) -> Result<()> {
    if let Line::Org(row) = &line {
        *into = Some(row.id);
        return org::insert(tx, row);
    }
    let Some(org) = *into else { return Ok(()) };
    match line {
        Line::Member(row) => member::insert_kept(tx, org, &row),
        Line::Device(row) => device::insert(tx, org, &row),
        Line::Invitation(row) => invitation::insert(tx, org, &row),
        Line::Company(row) => company::insert(tx, org, &row),
        Line::Erp(row) => erp::insert_kept(tx, org, &row),
        Line::Audit(row) => audit::insert(tx, org, &row),
        Line::Act(row) => act::insert(tx, org, &row.restored()?),
        Line::Event(row) => event::insert(tx, org, &row),
        Line::File(row) => file::insert(tx, org, &row),
        Line::FilePart(row) => file::insert_part(tx, org, &row),
        Line::KontorBackup { .. } | Line::Org(_) | Line::End(_) => Ok(()),
    }
}
