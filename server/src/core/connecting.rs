//! Connecting an organisation with its company's Metakocka, and parting them: the key is tried, sealed and kept, or
//! forgotten with every fact, and the audit log has it.

use kontor_metakocka::{Client, Config, DocType, Error, Search, SecretKey};
use kontor_protocol::{ErpConnected, ErpDisconnected, ErpRequest, MemberId, OrgId};
use uuid::Uuid;

use crate::core::clock::Clock;
use crate::core::sealing::{Keys, SealProblem};
use crate::core::storage::{AuditEntry, Leaving, NewErp, Storage, StorageError};

/// Why a company was not connected or disconnected; what was connected before still is.
#[derive(Debug, thiserror::Error)]
pub enum ConnectProblem {
    /// Metakocka did not take it, or did not answer.
    #[error(transparent)]
    Erp(#[from] Error),
    /// The server cannot seal keys.
    #[error(transparent)]
    Seal(#[from] SealProblem),
    /// There is nothing to disconnect.
    #[error("no Metakocka is connected here")]
    None,
    /// It was not kept, or changes are on their way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ConnectProblem {
    /// True when it is for a person to do something else, or later: trying the same again at once does not help.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Erp(e) => matches!(
                e,
                Error::Settings(_)
                    | Error::Credentials { .. }
                    | Error::Refused { .. }
                    | Error::NotMetakocka { .. }
                    | Error::NotFound { .. }
            ),
            Self::None | Self::Storage(StorageError::UnderWay(_)) => true,
            Self::Seal(_) | Self::Storage(_) => false,
        }
    }
}

/// Tries the key at Metakocka and keeps it, sealed for this organisation alone. The same company with another key keeps
/// its facts. `by` is the admin who entered it; `None`: whoever runs the server.
///
/// # Errors
/// When it is not taken there, or cannot be kept here.
pub async fn connect<S: Storage>(
    (storage, clock): (&S, &Clock),
    keys: &Keys,
    (org, by): (OrgId, Option<MemberId>),
    request: &ErpRequest,
) -> Result<ErpConnected, ConnectProblem> {
    let base_url = request.base_url.trim().trim_end_matches('/');
    let (company, key) = (request.company.trim(), request.key.trim());
    let client = Client::new(Config::new(base_url, company, SecretKey::new(key)))?;
    // The least that the company number and the key are needed for.
    let mut first = Search::of(DocType::SalesOrder);
    first.limit = 1;
    client.search_light(&first).await?;

    let before = storage.erp(org).await?;
    let renewed = before.is_some_and(|erp| erp.base_url == base_url && erp.company_id == company);
    let erp = NewErp {
        base_url: base_url.to_owned(),
        company_id: company.to_owned(),
        sealed_key: keys.seal_apart(org, key).await?,
        life: Uuid::new_v4().to_string(),
        at: clock.now(),
    };
    storage.connect_erp(org, erp).await?;
    let action = if renewed { "key" } else { "connect" };
    let detail = format!("company {company} at {base_url}");
    tracing::info!(%org, action, %detail, "audit");
    let entry = AuditEntry {
        org,
        at: clock.now(),
        member: by,
        action: action.to_owned(),
        detail,
    };
    storage.audit(entry).await?;
    Ok(ErpConnected {
        base_url: base_url.to_owned(),
        company: company.to_owned(),
        renewed,
    })
}

/// Forgets the company, its key and every fact, on all nodes; desks forget what they have when they hear of it. What people
/// said (links, merges, notes) and the audit log stay. What is on its way into Metakocka stops it, unless `anyway`. `by` as
/// in [`connect`].
///
/// # Errors
/// [`ConnectProblem::None`], [`StorageError::UnderWay`], or when nothing was stored.
pub async fn disconnect<S: Storage>(
    (storage, clock): (&S, &Clock),
    (org, by): (OrgId, Option<MemberId>),
    anyway: bool,
) -> Result<ErpDisconnected, ConnectProblem> {
    let erp = storage.erp(org).await?.ok_or(ConnectProblem::None)?;
    let (base_url, company) = (erp.base_url, erp.company_id);
    let detail = format!("company {company} at {base_url}");
    tracing::info!(%org, action = "disconnect", %detail, "audit");
    let audit = AuditEntry {
        org,
        at: clock.now(),
        member: by,
        action: "disconnect".to_owned(),
        detail,
    };
    let leaving = Leaving {
        life: erp.life,
        anyway,
        audit,
    };
    if !storage.disconnect_erp(org, leaving).await? {
        // Somebody else was faster.
        return Err(ConnectProblem::None);
    }
    Ok(ErpDisconnected { base_url, company })
}
