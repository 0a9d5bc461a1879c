//! Looks at everything in one snapshot.

use kontor_protocol::SnapshotPlace;
use sqlx::PgConnection;

use super::super::backup::CHUNK;
use super::super::checking::{Inspector, ORPHANS};
use super::super::{Checked, Result};
use super::convert::count;
use super::{device, event, file, member, org, snapshot};

pub(super) async fn all(tx: &mut PgConnection) -> Result<Checked> {
    let mut inspector = Inspector::new();
    for org in org::kept(tx).await? {
        let members = member::all(tx, org.id).await?;
        let devices = device::kept(tx, org.id).await?;
        inspector.org(
            &org,
            members.into_iter().map(|m| m.member).collect(),
            devices.into_iter().map(|d| d.id).collect(),
        );
        let mut last = 0;
        loop {
            let page = event::page(tx, org.id, last, CHUNK).await?;
            let Some(end) = page.last() else { break };
            last = end.seq;
            page.iter().for_each(|row| inspector.event(row));
        }
        let mut place = SnapshotPlace::default();
        loop {
            let folds = snapshot::some(tx, org.id, &mut place, CHUNK).await?;
            if folds.is_empty() {
                break;
            }
            folds.into_iter().for_each(|row| inspector.fold(row));
        }
        for row in file::kept(tx, org.id).await? {
            let sum = file::sum(tx, org.id, &row).await?;
            inspector.file(&row, sum);
        }
    }
    for (sentence, question) in ORPHANS {
        let found: i64 = sqlx::query_scalar(question).fetch_one(&mut *tx).await?;
        inspector.orphans(sentence, count(found));
    }
    Ok(inspector.finish())
}
