//! Members: who may sign in, and who has gone.

use jiff::Timestamp;
use kontor_protocol::{MemberId, MemberRow, OrgId, Role};
use sqlx::PgConnection;

use super::super::numbering::{member, membership};
use super::super::rows::{KeptCompany, KeptMember, plain, role};
use super::super::{Joined, Joining, LoginRow, Result, StorageError};
use super::convert::id;
use super::migration::{Migration, guarded};
use super::{Scope, company, device, enter, event, invitation, org};

/// Somebody who comes again after having been removed is another member: what the first one wrote stays theirs.
pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 member",
    sql: guarded!(
        "member",
        "CREATE TABLE member (
          org_id UUID NOT NULL REFERENCES org (org_id),
          member_id UUID NOT NULL,
          name TEXT NOT NULL,
          email TEXT NOT NULL,        -- lower case
          role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
          password TEXT NOT NULL,     -- argon2id, PHC
          active BOOLEAN NOT NULL,
          joined_at TEXT NOT NULL,
          PRIMARY KEY (org_id, member_id)
        );
        CREATE UNIQUE INDEX member_address ON member (org_id, email) WHERE active;
        CREATE INDEX member_login ON member (email) WHERE active"
    ),
};

type Raw = (String, String, String, String, bool);

const COLUMNS: &str = "member_id::text, name, email, role, active";

/// Answers what became of it, and the head after a new member's arrival.
pub(super) async fn join(
    tx: &mut PgConnection,
    joining: &Joining,
) -> Result<(Joined, Option<u64>)> {
    let code = &joining.code_hash;
    let Some((org, _)) = invitation::open(tx, code, joining.now).await? else {
        return Err(StorageError::Gone);
    };
    enter(tx, Scope::Org(org)).await?;
    org::lock(tx, org).await?;
    // Again, now that nobody else can use it up.
    let Some((_, role)) = invitation::open(tx, code, joining.now).await? else {
        return Err(StorageError::Gone);
    };
    let row = member(joining.member, &joining.name, &joining.email, role);
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM member WHERE org_id = $1::uuid AND email = $2 AND active)",
    )
    .bind(org.to_string())
    .bind(&row.email)
    .fetch_one(&mut *tx)
    .await?;
    if there {
        return Ok((Joined::Exists(org), None));
    }
    invitation::use_up(tx, org, code, joining.now).await?;
    insert(tx, org, &row, &joining.password, joining.now).await?;
    if let Some(who) = &joining.company {
        company::insert(tx, org, &KeptCompany::new(row.member, who, joining.now)).await?;
    }
    let arrival = membership(org, &row, joining.now)?;
    let (_, head) = event::append(tx, org, &[arrival]).await?;
    Ok((Joined::New(org), head))
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    row: &MemberRow,
    password: &str,
    now: Timestamp,
) -> Result<()> {
    insert_kept(tx, org, &KeptMember::new(row, password, now)).await
}

pub(super) async fn insert_kept(tx: &mut PgConnection, org: OrgId, row: &KeptMember) -> Result<()> {
    sqlx::query(
        "INSERT INTO member (org_id, member_id, name, email, role, password, active, joined_at)
         VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8)",
    )
    .bind(org.to_string())
    .bind(row.id.to_string())
    .bind(&row.name)
    .bind(&row.email)
    .bind(row.role.as_str())
    .bind(&row.password)
    .bind(row.active)
    .bind(&row.joined_at)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn logins(tx: &mut PgConnection, email: &str) -> Result<Vec<LoginRow>> {
    let raw: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT org_id::text, member_id::text, password FROM member
         WHERE email = $1 AND active ORDER BY org_id",
    )
    .bind(plain(email))
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(org, member, password)| {
            Ok(LoginRow {
                org: id(&org)?,
                member: id(&member)?,
                password,
            })
        })
        .collect()
}

/// By name, in the order of bytes as in SQLite.
pub(super) async fn all(tx: &mut PgConnection, org: OrgId) -> Result<Vec<MemberRow>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM member WHERE org_id = $1::uuid ORDER BY name COLLATE \"C\", member_id"
    ))
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(read).collect()
}

/// Answers the head after the departure; `None` where nobody went.
pub(super) async fn remove(
    tx: &mut PgConnection,
    org: OrgId,
    member: MemberId,
    now: Timestamp,
) -> Result<Option<u64>> {
    // Two admins who remove each other at once must not both succeed.
    org::lock(tx, org).await?;
    let members = all(tx, org).await?;
    let active = |m: &&MemberRow| m.active;
    let found = members.iter().filter(active).find(|m| m.member == member);
    let Some(mut row) = found.cloned() else {
        return Ok(None);
    };
    let others = members.iter().filter(active).filter(|m| m.member != member);
    let admins = others.filter(|m| m.role == Role::Admin).count();
    if row.role == Role::Admin && admins == 0 {
        return Ok(None);
    }
    sqlx::query(
        "UPDATE member SET active = false WHERE org_id = $1::uuid AND member_id = $2::uuid",
    )
    .bind(org.to_string())
    .bind(member.to_string())
    .execute(&mut *tx)
    .await?;
    device::revoke_all(tx, org, member, now).await?;
    row.active = false;
    let departure = membership(org, &row, now)?;
    Ok(event::append(tx, org, &[departure]).await?.1)
}

/// For a backup, by id.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptMember>> {
    let raw: Vec<(String, String, String, String, bool, String, String)> =
        sqlx::query_as(&format!(
            "SELECT {COLUMNS}, password, joined_at FROM member
             WHERE org_id = $1::uuid ORDER BY member_id"
        ))
        .bind(org.to_string())
        .fetch_all(tx)
        .await?;
    raw.into_iter()
        .map(|(member, name, email, word, active, password, joined_at)| {
            Ok(KeptMember {
                id: id(&member)?,
                name,
                email,
                role: role(&word)?,
                password,
                active,
                joined_at,
            })
        })
        .collect()
}

fn read((member, name, email, word, active): Raw) -> Result<MemberRow> {
    Ok(MemberRow {
        member: id(&member)?,
        name,
        email,
        role: role(&word)?,
        active,
    })
}
