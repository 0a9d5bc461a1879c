//! What a person does to mail: journalled and applied here in one transaction, at the server as soon as it can be.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kontor_model::{
    AccountId, Action, FolderId, MessageId, OperationId, OperationState, Placement, PlacementId,
    Role, ThreadId,
};
use kontor_store::{Error as StoreError, FolderRow, Read};

use crate::account;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::lists::{Scope, folders_of};

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Mark as read.
    Read,
    /// Mark as unread.
    Unread,
    /// Flag.
    Flag,
    /// Remove the flag.
    Unflag,
    /// Move to the account's archive.
    Archive,
    /// Move to the account's trash.
    Trash,
    /// Move to the account's junk.
    Junk,
    /// Move to a folder of the same account.
    Move(FolderId),
    /// Delete for good.
    Delete,
}

/// What was journalled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acted {
    /// The operations, in order; empty when nothing had to change.
    pub operations: Vec<OperationId>,
}

impl Acted {
    /// Returns what [`Engine::undo`] takes; `None` when nothing changed.
    #[must_use]
    pub fn undo_token(&self) -> Option<String> {
        let ids: Vec<String> = self.operations.iter().map(ToString::to_string).collect();
        (!ids.is_empty()).then(|| ids.join(","))
    }
}

impl Request {
    fn moves(self) -> bool {
        !matches!(self, Self::Read | Self::Unread | Self::Flag | Self::Unflag)
    }

    fn flags(self) -> Action {
        let one = |name: &str| vec![name.to_owned()];
        let (add, remove) = match self {
            Self::Read => (one("\\Seen"), Vec::new()),
            Self::Unread => (Vec::new(), one("\\Seen")),
            Self::Flag => (one("\\Flagged"), Vec::new()),
            _ => (Vec::new(), one("\\Flagged")),
        };
        Action::Flags { add, remove }
    }
}

impl Engine {
    /// Acts on messages. Flags change in every folder that holds them; moving takes the placement in `from`, by default
    /// the only one, with several the inbox's.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is not clear which placement is meant, or the account has no such folder.
    pub async fn act_on_messages(
        &self,
        messages: Vec<MessageId>,
        request: Request,
        from: Option<FolderId>,
    ) -> Result<Acted> {
        let places = self
            .ctx
            .read(move |r| {
                let mut found = Vec::new();
                for message in messages {
                    let all = r.placements(message)?;
                    found.push(if request.moves() {
                        chosen(r, message, all, from)?
                    } else {
                        Ok(all)
                    });
                }
                Ok(found)
            })
            .await?;
        let places: Vec<Placement> = places
            .into_iter()
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        self.act(places, request).await
    }

    /// Acts on threads as far as they lie in a list. Flags change in every folder that holds these messages.
    ///
    /// # Errors
    /// When the account has no such folder.
    pub async fn act_on_threads(
        &self,
        scope: Scope,
        threads: Vec<ThreadId>,
        request: Request,
    ) -> Result<Acted> {
        let places = self
            .ctx
            .read(move |r| {
                let folders = folders_of(r, scope)?;
                let mut found = Vec::new();
                for thread in threads {
                    let within = r.thread_placements(thread, &folders)?;
                    if request.moves() {
                        found.extend(within);
                    } else {
                        let messages: BTreeSet<MessageId> =
                            within.iter().map(|p| p.message).collect();
                        for message in messages {
                            found.extend(r.placements(message)?);
                        }
                    }
                }
                Ok(found)
            })
            .await?;
        self.act(places, request).await
    }

    async fn act(&self, places: Vec<Placement>, request: Request) -> Result<Acted> {
        let plan = self.plan(places, request).await?;
        let operations = self
            .ctx
            .write(move |w| {
                let mut operations = Vec::new();
                for (action, places) in plan {
                    operations.extend(w.journal(&action, &places)?);
                }
                Ok(operations)
            })
            .await?;
        self.ring_accounts(&operations).await?;
        Ok(Acted { operations })
    }

    /// Which action on which placements; targets are looked up per account.
    async fn plan(
        &self,
        places: Vec<Placement>,
        request: Request,
    ) -> Result<Vec<(Action, Vec<PlacementId>)>> {
        if !request.moves() {
            return Ok(vec![(
                request.flags(),
                places.iter().map(|p| p.id).collect(),
            )]);
        }
        if request == Request::Delete {
            return Ok(vec![(
                Action::Delete,
                places.iter().map(|p| p.id).collect(),
            )]);
        }
        let mut folders = self.folders(None).await?;
        let mut plan: BTreeMap<FolderId, Vec<PlacementId>> = BTreeMap::new();
        for place in places {
            let owner = folders
                .iter()
                .find(|f| f.folder.id == place.folder)
                .map(|f| f.folder.account);
            let account = owner
                .ok_or_else(|| Error::not_found("The folder of a message is gone; look again."))?;
            let to = match role(request) {
                None => target(request, &folders, account)?,
                Some(role) => {
                    let of_role = folders
                        .iter()
                        .find(|f| f.folder.account == account && f.folder.role == Some(role));
                    match of_role {
                        Some(row) => row.folder.id,
                        None => {
                            let made = self.plan_folder(account, role).await?;
                            folders.push(made.clone());
                            made.folder.id
                        }
                    }
                }
            };
            if to != place.folder {
                plan.entry(to).or_default().push(place.id);
            }
        }
        Ok(plan
            .into_iter()
            .map(|(to, ids)| (Action::Move { to }, ids))
            .collect())
    }

    /// A folder the account lacks is there at once, and made at the server before the first message goes there.
    async fn plan_folder(&self, account: AccountId, role: Role) -> Result<FolderRow> {
        self.ctx
            .write(move |w| {
                let rows = w.folders(Some(account))?;
                let new = account::place_for(&rows, role);
                let wire = new.wire.clone();
                let mut listed: Vec<_> = rows.iter().map(account::as_listed).collect();
                listed.retain(|l| l.wire != wire);
                listed.push(new);
                w.put_folders(account, &listed)?;
                w.folder_by_wire(account, &wire)?
                    .ok_or_else(|| StoreError::Missing(format!("folder {wire}")))
            })
            .await
    }

    /// Takes an action back: what the server has not seen is cancelled, what it has is done the other way round.
    ///
    /// # Errors
    /// [`Code::Usage`] when the token is not one of ours.
    pub async fn undo(&self, token: &str) -> Result<()> {
        let ids: Result<Vec<OperationId>, _> = token.split(',').map(str::parse).collect();
        let ids = ids.map_err(|_unreadable| Error::usage("This cannot be undone any more."))?;
        let inverse = self.ctx.write(move |w| w.cancel_operations(&ids)).await?;
        self.ring_accounts(&inverse).await
    }

    /// Returns one operation.
    ///
    /// # Errors
    /// When there is none; done ones are forgotten after a week.
    pub async fn operation(&self, id: OperationId) -> Result<kontor_store::Operation> {
        self.ctx.read(move |r| r.operation(id)).await
    }

    /// Waits until the server has these operations, or undid them; carries them out here where no other process does.
    ///
    /// # Errors
    /// [`Code::Refused`] with the server's reason when one was undone; [`Code::Offline`], [`Code::SignIn`] when the
    /// server cannot be reached, still journalled.
    pub async fn finish_operations(
        &self,
        operations: &[OperationId],
        patience: Duration,
    ) -> Result<()> {
        let accounts = self.accounts_of(operations).await?;
        let check = async || {
            let ids = operations.to_vec();
            let states = self
                .ctx
                .read(move |r| {
                    ids.into_iter()
                        .map(|id| r.operation(id))
                        .collect::<kontor_store::Result<Vec<_>>>()
                })
                .await?;
            if let Some(undone) = states.iter().find(|o| o.state == OperationState::Undone) {
                let why = &undone.error;
                let text = format!("The server refused and the change was undone: {why}");
                return Err(Error::new(Code::Refused, text));
            }
            let done = states.iter().all(|o| o.state == OperationState::Done);
            Ok(done.then_some(()))
        };
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        self.finish(&accounts, patience, check).await
    }

    pub(crate) async fn accounts_of(
        &self,
        operations: &[OperationId],
    ) -> Result<BTreeSet<AccountId>> {
        let ids = operations.to_vec();
        self.ctx
            .read(move |r| {
                ids.into_iter()
                    .map(|id| Ok(r.operation(id)?.account))
                    .collect()
            })
            .await
    }

    pub(crate) async fn ring_accounts(&self, operations: &[OperationId]) -> Result<()> {
        for account in self.accounts_of(operations).await? {
            self.ctx.wakes.ring(account);
        }
        Ok(())
    }
}

fn role(request: Request) -> Option<Role> {
    match request {
        Request::Archive => Some(Role::Archive),
        Request::Trash => Some(Role::Trash),
        Request::Junk => Some(Role::Junk),
        _ => None,
    }
}

fn target(request: Request, folders: &[FolderRow], account: AccountId) -> Result<FolderId> {
    let Request::Move(to) = request else {
        return Err(Error::usage("Nothing to move."));
    };
    match folders.iter().find(|f| f.folder.id == to) {
        Some(f) if f.folder.account == account && f.folder.selectable => Ok(to),
        Some(f) if f.folder.account == account => Err(Error::usage(format!(
            "“{}” only holds folders, no mail.",
            f.folder.path
        ))),
        Some(_) => Err(Error::usage(
            "A message can only be moved within its account.",
        )),
        None => Err(Error::not_found("There is no such folder.")),
    }
}

/// The placement a moving command means.
fn chosen(
    r: &Read<'_>,
    message: MessageId,
    all: Vec<Placement>,
    from: Option<FolderId>,
) -> Result<Result<Vec<Placement>>, StoreError> {
    if let Some(from) = from {
        let here: Vec<Placement> = all.into_iter().filter(|p| p.folder == from).collect();
        let missing = || Error::usage(format!("Message {message} is not in that folder."));
        return Ok(if here.is_empty() {
            Err(missing())
        } else {
            Ok(here)
        });
    }
    if all.len() <= 1 {
        return Ok(Ok(all));
    }
    let inboxes: Vec<FolderId> = r
        .folders_by_role(Role::Inbox)?
        .into_iter()
        .map(|f| f.folder.id)
        .collect();
    let in_inbox: Vec<Placement> = all
        .into_iter()
        .filter(|p| inboxes.contains(&p.folder))
        .collect();
    if in_inbox.is_empty() {
        return Ok(Err(Error::usage(format!(
            "Message {message} lies in several folders. Say which with --from FOLDER."
        ))));
    }
    Ok(Ok(in_inbox))
}
