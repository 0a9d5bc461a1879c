//! Views: searches a person keeps in the rail under a name, and what happens to mail that arrives there. They stay on this
//! computer.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_mail::search;
use kontor_store::Write;
use serde::{Deserialize, Serialize};

use crate::context::{Context, blocking};
use crate::crm;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::rules;
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
    /// What happens to mail that arrives here.
    pub rule: ViewRule,
}

/// What happens to a mail that arrives and belongs to a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewRule {
    /// It gets a star.
    pub star: bool,
    /// A notification tells of it, also where other mail is not told.
    pub tell: bool,
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
pub(crate) struct Kept {
    views: Vec<KeptView>,
    /// Offered ones that were removed.
    removed: Vec<String>,
    /// The number of the last one made.
    last: u64,
    /// By the id of the view, also of offered ones.
    pub(crate) rules: BTreeMap<String, Rule>,
}

/// A rule, and from where on it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) star: bool,
    pub(crate) tell: bool,
    /// The newest message when it was made.
    pub(crate) after: i64,
    /// When it was made, milliseconds.
    pub(crate) since: i64,
}

/// Where the profile stands: rules made now are for what comes behind it.
#[derive(Clone, Copy, Debug)]
struct Now {
    message: i64,
    at: i64,
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
        self.change_views(move |kept, now| kept.put(id, view, now))
            .await
    }

    /// Removes a view; nothing happens when there is no such one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_view(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.change_views(move |kept, _| {
            kept.views.retain(|view| view.id != id);
            kept.rules.remove(&id);
            if is_offered(&id) && !kept.removed.contains(&id) {
                kept.removed.push(id);
            }
            Ok(())
        })
        .await
    }

    /// Says what happens to mail that arrives and belongs to a view, from now on; nothing of both takes the rule away.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] when there is no such view.
    pub async fn rule_view(&self, id: &str, rule: ViewRule) -> Result<()> {
        let id = id.to_owned();
        self.change_views(move |kept, now| kept.rule(id, rule, now))
            .await
    }

    async fn change_views<T, F>(&self, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Kept, Now) -> Result<T> + Send + 'static,
    {
        // Read and written in one transaction: two windows may keep a view at once.
        self.ctx
            .write(move |w| {
                let mut kept = read(w.setting(NAME)?);
                let had_rules = !kept.rules.is_empty();
                let now = Now {
                    message: w.newest_message()?.0,
                    at: w.now().0,
                };
                let answer = change(&mut kept, now);
                if answer.is_ok() {
                    keep(w, &kept, had_rules)?;
                }
                Ok(answer)
            })
            .await?
    }
}

impl Kept {
    /// The views of the rail, not counted.
    pub(crate) fn shown(self, connected: bool) -> Vec<View> {
        let rule = |id: &str| self.rules.get(id).map(Rule::told).unwrap_or_default();
        let view = |id: &str, name: Option<String>, search: &str| View {
            id: id.to_owned(),
            name,
            search: search.to_owned(),
            total: 0,
            unread: 0,
            rule: rule(id),
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

    fn put(
        &mut self,
        id: Option<String>,
        (name, search): (String, String),
        now: Now,
    ) -> Result<String> {
        let view = |id: String| KeptView {
            id,
            name: name.clone(),
            search: search.clone(),
        };
        if let Some(id) = id {
            // What another search finds was not asked for before.
            if self.search_of(&id).is_some_and(|before| before != search)
                && let Some(rule) = self.rules.get_mut(&id)
            {
                rule.begin(now);
            }
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

    /// The search of a view that is there.
    fn search_of(&self, id: &str) -> Option<&str> {
        let kept = self.views.iter().find(|view| view.id == id);
        let offered = OFFERED
            .iter()
            .find(|(offered, _)| *offered == id && !self.removed.iter().any(|gone| gone == id));
        kept.map(|view| view.search.as_str())
            .or(offered.map(|(_, search)| *search))
    }

    fn rule(&mut self, id: String, wanted: ViewRule, now: Now) -> Result<()> {
        if self.search_of(&id).is_none() {
            return Err(Error::not_found("This view is no longer here."));
        }
        if wanted == ViewRule::default() {
            self.rules.remove(&id);
            return Ok(());
        }
        let rule = self.rules.entry(id).or_insert(Rule {
            star: false,
            tell: false,
            after: now.message,
            since: now.at,
        });
        (rule.star, rule.tell) = (wanted.star, wanted.tell);
        Ok(())
    }
}

impl Rule {
    fn told(&self) -> ViewRule {
        ViewRule {
            star: self.star,
            tell: self.tell,
        }
    }

    fn begin(&mut self, now: Now) {
        (self.after, self.since) = (now.message, now.at);
    }
}

fn keep(w: &mut Write<'_>, kept: &Kept, had_rules: bool) -> kontor_store::Result<()> {
    if let Ok(text) = serde_json::to_string(kept) {
        w.set_setting(NAME, &text)?;
    }
    if !had_rules && !kept.rules.is_empty() {
        // Without rules nobody followed the change log.
        let seq = w.change_seq()?;
        w.set_setting(rules::PLACE, &seq.to_string())?;
    }
    Ok(())
}

fn is_offered(id: &str) -> bool {
    OFFERED.iter().any(|(offered, _)| *offered == id)
}

pub(crate) fn kept(ctx: &Context) -> Result<Kept> {
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
