//! Kontor without a window: use cases, background loops, events. The window and `kontorctl` are doors to this room.
//!
//! - **Use cases** are methods of [`Engine`], grouped by what a person does: accounts, lists, reading, acting, writing
//!   mail, searching, looking after it. They answer rows of the store and plain values; doors make DTOs of them.
//! - **Loops** run only in the process that has the claim of the profile ([`profile::Profile::claim`]): one life per
//!   account ([`account`]). Other processes read, journal and wait.
//! - **Events** are the store's change log: [`Engine::commits`] ticks, [`Engine::changes_after`] tells what changed, so a
//!   missed tick costs nothing and every process sees the same.
//!
//! Architecture invariant: the only room, besides the server, that spawns tasks.

mod account;
mod accounts;
mod acting;
mod backoff;
mod clock;
mod composing;
mod context;
mod crm;
mod doctor;
mod engine;
mod error;
mod files;
mod ingest;
mod line;
mod lists;
mod look;
mod notice;
mod pace;
mod pictures;
mod profile;
mod reading;
mod rules;
mod saving;
mod searching;
mod sending;
mod settings;
mod supervisor;
mod syncing;
mod team;
mod views;
mod workers;

pub use accounts::{AccountForm, TestLine, TestSubject};
pub use acting::{Acted, Request};
pub use clock::Clock;
pub use composing::{DraftForm, Mode};
pub use crm::{
    ActView, ApartSaid, BadgeView, BadgesView, ChangedPart, ChartsView, ContactView, CountsView,
    Coverage, CrmStatus, CustomerView, DocRefView, DocumentChange, DocumentView, DocumentsAsked,
    DocumentsView, DossierView, DuplicateView, FactView, FoundDocument, LastOrderView, LikelySame,
    LineView, ListOrder, MailOfDocument, MonthView, PartnerView, PaymentView, ProductView,
    Rendered, SameSaid, SoldView, SuggestionReason, SuggestionView, TableWords, TemplateFor,
    TemplateForm, TemplateView, TotalView, TurnoverView, Writing,
};
pub use doctor::{AccountHealth, Finding, Health, LayerLook};
pub use engine::{Config, Engine, Rhythm};
pub use error::{Code, Error, Result};
pub use files::{ExportFormat, Imported};
pub use lists::{AccountView, Conversation, Overview, Scope, ThreadDelta};
pub use notice::{Level, Notice};
pub use profile::Profile;
pub use reading::{Body, BodyOptions};
pub use saving::{move_as, save_as};
pub use searching::Found;
pub use sending::Queued;
pub use settings::Settings;
pub use syncing::Summary;
pub use team::{
    ActivityAsked, ActivityLine, ActivityLines, ActivityNumbers, Appearance, Clash, Colliding,
    CompanyForm, Deeds, ErpForm, FileShown, FileState, KeptFile, LineHold, LinkError, LinkShown,
    MarkedTask, Marks, MemberWork, NoteNews, Person, Span, TeamAnalytics, TeamForm, TeamState,
    TeamStatus, ThreadShared, Waiting, Week, Work,
};

pub use views::{View, ViewRule, Views};

pub use {
    kontor_auth as auth, kontor_collab as collab, kontor_crm as crm_rules, kontor_mail as mail,
    kontor_mime as mime, kontor_model as model, kontor_protocol as protocol, kontor_store as store,
};
