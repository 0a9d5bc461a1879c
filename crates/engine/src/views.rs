//! Views: searches a person keeps in the rail under a name. They stay on this computer.

use std::sync::Arc;

use kontor_mail::search;
use serde::{Deserialize, Serialize};

use crate::context::{Context, blocking};
use crate::crm;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::searching::with_facts;

const NAME: &str = "views";

/// Views kept; a rail of more is no rail.
const MOST: usize = 50;
/// Letters of a name.
const LONGEST: usize = 80;

/// Views that are there from the start where customers are known: id and search.
const OFFERED: [(&str, &str); 2] = [("overdue", "overdue:30"), ("first", "first:contact")];

/// A view, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Its name; `None` for one of those that were there from the start (`overdue`, `first`) and has no other.
    pub name: Option<String>,
    /// The search.
    pub search: String,
    /// Mails found.
    pub total: u64,
    /// Of these, not read.
    pub unread: u64,
}

/// What the rail shows of views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// In the order of the rail.
    pub views: Vec<View>,
    /// Customers are known: an ERP's facts come to this profile.
    pub customers: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    views: Vec<KeptView>,
    /// Offered ones that were removed.
    removed: Vec<String>,
    /// The number of the last one made.
    last: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptView {
    id: String,
    name: String,
    search: String,
}

impl Engine {
    /// Returns the views in the order of the rail, each with how many mails it finds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn views(&self) -> Result<Views> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let customers = crm::is_connected(&ctx)?;
            let mut views = kept(&ctx)?.shown(customers);
            for view in &mut views {
                view.total = found(&ctx, &view.search)?;
                view.unread = found(&ctx, &format!("{} is:unread", view.search))?;
            }
            Ok(Views { views, customers })
        })
        .await
    }

    /// Keeps a search as a view, or gives one another name and search; answers its id.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when name or search is empty, or there are too many; [`crate::Code::NotFound`] when there is no
    /// such view.
    pub async fn keep_view(&self, id: Option<&str>, name: &str, search: &str) -> Result<String> {
        let (name, search) = (name.trim(), search.trim());
        if name.is_empty() || search.is_empty() || name.chars().count() > LONGEST {
            return Err(Error::usage(
                "A view needs a search and a name of at most 80 letters.",
            ));
        }
        let (id, view) = (id.map(str::to_owned), (name.to_owned(), search.to_owned()));
        self.change_views(move |kept| kept.put(id, view)).await
    }

    /// Removes a view; nothing happens when there is no such one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_view(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.change_views(move |kept| {
            kept.views.retain(|view| view.id != id);
            if is_offered(&id) && !kept.removed.contains(&id) {
                kept.removed.push(id);
            }
            Ok(())
        })
        .await
    }

    async fn change_views<T, F>(&self, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Kept) -> Result<T> + Send + 'static,
    {
        // Read and written in one transaction: two windows may keep a view at once.
        self.ctx
            .write(move |w| {
                let mut kept = read(w.setting(NAME)?);
                let answer = change(&mut kept);
                if answer.is_ok()
                    && let Ok(text) = serde_json::to_string(&kept)
                {
                    w.set_setting(NAME, &text)?;
                }
                Ok(answer)
            })
            .await?
    }
}

impl Kept {
    fn shown(self, connected: bool) -> Vec<View> {
        let view = |id: &str, name: Option<String>, search: &str| View {
            id: id.to_owned(),
            name,
            search: search.to_owned(),
            total: 0,
            unread: 0,
        };
        let is_gone = |id: &str| {
            !connected
                || self.removed.iter().any(|gone| gone == id)
                || self.views.iter().any(|view| view.id == id)
        };
        let offered = OFFERED.iter().filter(|(id, _)| !is_gone(id));
        let mut shown: Vec<View> = offered.map(|(id, search)| view(id, None, search)).collect();
        shown.extend(
            self.views
                .into_iter()
                .map(|kept| view(&kept.id, Some(kept.name), &kept.search)),
        );
        shown
    }

    fn put(&mut self, id: Option<String>, (name, search): (String, String)) -> Result<String> {
        let view = |id: String| KeptView {
            id,
            name: name.clone(),
            search: search.clone(),
        };
        if let Some(id) = id {
            match self.views.iter_mut().find(|view| view.id == id) {
                Some(known) => *known = view(id.clone()),
                None if is_offered(&id) => self.views.insert(0, view(id.clone())),
                None => return Err(Error::not_found("This view is no longer here.")),
            }
            return Ok(id);
        }
        if self.views.len() >= MOST {
            return Err(Error::usage("There are 50 views: remove one first."));
        }
        self.last = self.last.saturating_add(1);
        let id = format!("v{}", self.last);
        self.views.push(view(id.clone()));
        Ok(id)
    }
}

fn is_offered(id: &str) -> bool {
    OFFERED.iter().any(|(offered, _)| *offered == id)
}

fn kept(ctx: &Context) -> Result<Kept> {
    Ok(read(ctx.store.read(|r| r.setting(NAME))?))
}

/// What another version wrote and cannot be read is none.
fn read(text: Option<String>) -> Kept {
    text.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

fn found(ctx: &Context, search: &str) -> Result<u64> {
    let parsed = with_facts(ctx, search::parse(search))?;
    Ok(ctx.store.read(|r| r.search_total(&parsed.query))?)
}
