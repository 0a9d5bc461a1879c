//! Everything into a file, and out of one. The file is read and written on threads that may wait for the disk.

use std::path::Path;

use kontor_protocol::OrgId;
use sqlx::PgConnection;

use super::super::backup::{BackupReader, BackupWriter, CHUNK, Line};
use super::super::blocking;
use super::super::rows::KeptEvent;
use super::super::{Result, StorageError};
use super::{Scope, act, audit, company, device, enter, erp, event, file, invitation, member, org};

/// `tx` is one snapshot.
pub(super) async fn backup(tx: &mut PgConnection, path: &Path) -> Result<u64> {
    let path = path.to_owned();
    let mut out = blocking(move || BackupWriter::create(&path)).await?;
    for row in org::kept(tx).await? {
        let org = row.id;
        let mut lines = vec![Line::Org(row)];
        lines.extend(member::kept(tx, org).await?.into_iter().map(Line::Member));
        lines.extend(device::kept(tx, org).await?.into_iter().map(Line::Device));
        let invitations = invitation::kept(tx, org).await?;
        lines.extend(invitations.into_iter().map(Line::Invitation));
        let companies = company::kept(tx, org).await?;
        lines.extend(companies.into_iter().map(Line::Company));
        lines.extend(erp::kept(tx, org).await?.map(Line::Erp));
        lines.extend(audit::kept(tx, org).await?.into_iter().map(Line::Audit));
        out = write(out, lines).await?;
        let mut past = None;
        while let Some(row) = act::next(tx, org, past).await? {
            past = Some(row.id);
            out = write(out, vec![Line::Act(row)]).await?;
        }
        let mut last = 0;
        loop {
            let page = event::page(tx, org, last, CHUNK).await?;
            let Some(end) = page.last() else { break };
            last = end.seq;
            out = write(out, page.into_iter().map(Line::Event).collect()).await?;
        }
        for row in file::kept(tx, org).await? {
            out = write(out, vec![Line::File(row.clone())]).await?;
            let mut number = 0_u64;
            while let Some(part) = file::kept_part(tx, org, &row, number).await? {
                out = write(out, vec![Line::FilePart(part)]).await?;
                number = number.saturating_add(1);
            }
        }
    }
    blocking(move || out.finish()).await
}

/// `tx` is the system's.
pub(super) async fn restore(tx: &mut PgConnection, path: &Path) -> Result<u64> {
    org::lock_all(tx).await?;
    let full: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM org)")
        .fetch_one(&mut *tx)
        .await?;
    if full {
        return Err(StorageError::NotEmpty);
    }
    let path = path.to_owned();
    let mut input = blocking(move || BackupReader::open(&path)).await?;
    let mut into = None;
    loop {
        let (reader, lines) = blocking(move || {
            let lines = input.chunk()?;
            Ok((input, lines))
        })
        .await?;
        input = reader;
        if lines.is_empty() {
            return Ok(input.events());
        }
        put(tx, &mut into, lines).await?;
    }
}

async fn write(mut out: BackupWriter, lines: Vec<Line>) -> Result<BackupWriter> {
    blocking(move || {
        for line in &lines {
            out.put(line)?;
        }
        Ok(out)
    })
    .await
}

/// `into` is the organisation whose rows are being read. Events, which stand together, are stored together.
async fn put(tx: &mut PgConnection, into: &mut Option<OrgId>, lines: Vec<Line>) -> Result<()> {
    let mut events = Vec::new();
    for line in lines {
        if let Line::Event(row) = line {
            events.push(row);
            continue;
        }
        flush(tx, *into, &mut events).await?;
        if let Line::Org(row) = &line {
            *into = Some(row.id);
            enter(tx, Scope::Org(row.id)).await?;
            org::insert(tx, row).await?;
        }
        let Some(org) = *into else { continue };
        match line {
            Line::Member(row) => member::insert_kept(tx, org, &row).await?,
            Line::Device(row) => device::insert(tx, org, &row).await?,
            Line::Invitation(row) => invitation::insert(tx, org, &row).await?,
            Line::Company(row) => company::insert(tx, org, &row).await?,
            Line::Erp(row) => erp::insert_kept(tx, org, &row).await?,
            Line::Audit(row) => audit::insert(tx, org, &row).await?,
            Line::Act(row) => act::insert(tx, org, &row.restored()?).await?,
            Line::File(row) => file::insert(tx, org, &row).await?,
            Line::FilePart(row) => file::insert_part(tx, org, &row).await?,
            Line::KontorBackup { .. } | Line::Org(_) | Line::Event(_) | Line::End(_) => {}
        }
    }
    flush(tx, *into, &mut events).await
}

async fn flush(
    tx: &mut PgConnection,
    into: Option<OrgId>,
    events: &mut Vec<KeptEvent>,
) -> Result<()> {
    if let Some(org) = into
        && !events.is_empty()
    {
        event::insert(tx, org, events).await?;
    }
    events.clear();
    Ok(())
}
