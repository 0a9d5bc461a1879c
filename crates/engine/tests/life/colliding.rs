//! Two people at one conversation: what each can know of the other's answer, and a reply that waited too long.

use kontor_engine::auth::Secret;
use kontor_engine::model::{MessageId, Millis, OutboxId, OutboxState};
use kontor_engine::protocol::Role;
use kontor_engine::store::Outgoing;
use kontor_engine::{AccountForm, ActivityAsked, Clash, Colliding, Engine, Mode, Span, TeamForm};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::{SqliteStorage, Storage as _};
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use kontor_testkit::{Dovecot, FaultProxy, dovecot::PASSWORD};
use tempfile::TempDir;

use crate::{ANA, MAJA, PATIENCE, QUICK, ServerSettings, endpoint, open, until};

const QUESTION: &str = "vprasanje";

/// A team's server in this process.
pub(crate) struct House {
    pub(crate) storage: SqliteStorage,
    url: String,
    _dir: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let doors = Doors::open("127.0.0.1:0".parse().unwrap(), None, HEAD);
        let doors = doors.await.unwrap();
        let url = doors.url();
        let app = App::new(storage.clone(), Clock::system(), Limits::default(), &url);
        let serving = async move { app.serve(doors, std::future::pending()).await };
        tokio::runtime::Handle::current().spawn(serving);
        let identity = Identity::new(storage.clone(), Clock::system());
        let made = identity.create_org("Hrast", "admin@hrastvijak.example", "correct horse");
        made.await.unwrap();
        Self {
            storage,
            url,
            _dir: dir,
        }
    }

    pub(crate) async fn join(&self, engine: &Engine, name: &str, email: &str) {
        let identity = Identity::new(self.storage.clone(), Clock::system());
        let org = self.storage.orgs().await.unwrap()[0].id;
        let invited = identity.invite(org, Role::Member, None).await.unwrap();
        let form = TeamForm {
            link: invited.code,
            server: Some(self.url.clone()),
            name: Some(name.into()),
            email: email.into(),
            password: Secret::new("correct horse"),
            device: "desk".into(),
            ca_pem: None,
        };
        engine.team_join(form).await.unwrap();
    }
}

/// A person with mail, in the team.
struct Person {
    engine: Engine,
    _dir: TempDir,
}

impl Person {
    async fn sit(dovecot: &Dovecot, house: &House, name: &str, email: &str, smtp: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = open(&dir, QUICK).await;
        let form = AccountForm {
            email: email.into(),
            name: name.into(),
            settings: ServerSettings {
                imap: endpoint(dovecot.imaps_port()),
                smtp: Some(endpoint(smtp)),
                username: email.into(),
                ca_pem: Some(std::fs::read_to_string(dovecot.ca_pem()).unwrap()),
            },
            password: Secret::new(PASSWORD.to_owned()),
        };
        engine.add_account(form).await.unwrap();
        let mut settings = engine.settings().await.unwrap();
        settings.undo_seconds = 0;
        engine.set_settings(&settings).await.unwrap();
        house.join(&engine, name, email).await;
        engine.start(None);
        Self { engine, _dir: dir }
    }

    /// The question, once it is here.
    async fn question(&self) -> MessageId {
        until("the question", || async {
            let mid = format!("mid:{QUESTION}@example.org");
            self.engine.find_message(&mid).await.ok()
        })
        .await
    }

    async fn subject(&self) -> kontor_engine::protocol::Subject {
        let question = self.engine.message(self.question().await).await.unwrap();
        let subject = self.engine.thread_subject(question.row.thread).await;
        subject.unwrap()
    }

    /// A kept draft of an answer.
    async fn draft(&self, text: &str) -> i64 {
        let message = self.question().await;
        let mut form = self
            .engine
            .start_draft(Mode::Reply, Some(message))
            .await
            .unwrap();
        form.text = text.into();
        self.engine.save_draft(form).await.unwrap()
    }

    /// Waits until exactly this is known about a draft.
    async fn knows(&self, draft: i64, want: &[Clash]) -> Vec<Colliding> {
        until(&format!("{want:?}"), || async {
            let found = self.engine.collision_of_draft(draft).await.unwrap();
            let what: Vec<Clash> = found.iter().map(|c| c.what).collect();
            (what == want).then_some(found)
        })
        .await
    }

    async fn outgoing(&self, id: OutboxId, what: &str, is: impl Fn(&Outgoing) -> bool) -> Outgoing {
        until(what, || async {
            let outgoing = self.engine.outgoing(id).await.unwrap();
            is(&outgoing).then_some(outgoing)
        })
        .await
    }
}

fn question() -> Vec<u8> {
    format!(
        "From: stranka@example.org\r\nTo: {MAJA}, {ANA}\r\nSubject: {QUESTION}\r\n\
         Message-ID: <{QUESTION}@example.org>\r\nDate: Sat, 21 Nov 2020 10:00:00 +0100\r\n\r\nKdaj?\r\n"
    )
    .into_bytes()
}

/// What Ana answered, as it comes to everybody who was asked.
fn answer() -> Vec<u8> {
    format!(
        "From: {ANA}\r\nTo: stranka@example.org, {MAJA}\r\nSubject: Re: {QUESTION}\r\n\
         Message-ID: <odgovor@example.org>\r\nIn-Reply-To: <{QUESTION}@example.org>\r\n\
         Date: Sat, 21 Nov 2020 11:00:00 +0100\r\n\r\nV petek.\r\n"
    )
    .into_bytes()
}

async fn two() -> (Dovecot, FaultProxy, House, Person, Person) {
    let dovecot = Dovecot::builder().user(MAJA).user(ANA).start().unwrap();
    for user in [MAJA, ANA] {
        dovecot.deliver(user, &question()).unwrap();
    }
    let house = House::open().await;
    let cable = FaultProxy::before(dovecot.submissions_port()).unwrap();
    let maja = Person::sit(&dovecot, &house, "Maja", MAJA, cable.port()).await;
    let ana = Person::sit(&dovecot, &house, "Ana", ANA, dovecot.submissions_port()).await;
    (dovecot, cable, house, maja, ana)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_colleague_does_since_the_draft_began_is_known() {
    let (dovecot, _cable, _house, maja, ana) = two().await;
    let draft = maja.draft("Jutri.").await;
    maja.knows(draft, &[]).await;

    let subject = ana.subject().await;
    assert_eq!(subject, maja.subject().await, "one conversation, one name");
    let look = ana.engine.look_at(Some(subject.clone()), None);
    look.await.unwrap();
    maja.knows(draft, &[]).await;
    let write = ana.engine.look_at(Some(subject.clone()), Some(subject));
    write.await.unwrap();
    let found = maja.knows(draft, &[Clash::Answering]).await;
    assert_eq!((found[0].name.as_str(), found[0].at), ("Ana", None));

    let answered = ana.question().await;
    let mut settings = ana.engine.settings().await.unwrap();
    settings.share_subjects = true;
    ana.engine.set_settings(&settings).await.unwrap();
    ana.engine.reply(answered, "V petek.", false).await.unwrap();
    let found = maja.knows(draft, &[Clash::Answered]).await;
    assert!(found[0].at.is_some(), "when: {found:?}");
    assert_eq!(found[0].message, None, "the mail itself is not here");
    dovecot.deliver(MAJA, &answer()).unwrap();
    until("her mail", || async {
        let found = maja.engine.collision_of_draft(draft).await.unwrap();
        let shown = maja.engine.message(found[0].message?).await.ok()?;
        (shown.row.message_id.as_deref() == Some("odgovor@example.org")).then_some(())
    })
    .await;
    let lines = maja.engine.activity_lines(all(), 10).await.unwrap().lines;
    let reply = lines.iter().find(|l| l.activity.what == "reply").unwrap();
    assert_eq!(reply.detail.as_deref(), Some(QUESTION), "she shares it");
    assert_eq!(
        reply.thread,
        Some(found[0].thread),
        "found, although it was never opened here"
    );

    ana.engine.look_at(None, None).await.unwrap();
    let later = maja.draft("Drugič.").await;
    maja.knows(later, &[]).await;
    let known = maja.engine.collision(maja.question().await, None).await;
    let known = known.unwrap();
    assert_eq!(known.len(), 1, "since the mail came: {known:?}");
    let own = ana.draft("Še nekaj.").await;
    assert_eq!(
        ana.engine.collision_of_draft(own).await.unwrap(),
        [],
        "nobody collides with oneself"
    );
    let never = ana.engine.collision(answered, Some(Millis(0))).await;
    assert_eq!(never.unwrap(), [], "not with one's own answer either");
    maja.engine.stop().await;
    ana.engine.stop().await;
}

fn all() -> ActivityAsked {
    ActivityAsked {
        span: Span::All,
        what: None,
        member: None,
        subject: None,
        text: None,
        page: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_waited_is_not_sent_blindly() {
    let (dovecot, cable, _house, maja, ana) = two().await;
    cable.refuse().unwrap();
    let draft = maja.draft("Jutri.").await;
    let id = maja.engine.send_draft(draft).await.unwrap();
    maja.outgoing(id, "it waits", |o| !o.error.is_empty()).await;
    ana.engine
        .reply(ana.question().await, "V petek.", false)
        .await
        .unwrap();
    until("Maja hears of it", || async {
        let found = maja.engine.collision_of_outgoing(id).await.unwrap();
        (!found.is_empty()).then_some(())
    })
    .await;
    assert_eq!(dovecot.wait_relayed(1, PATIENCE).len(), 1, "Ana's");

    cable.admit().unwrap();
    maja.engine.sync_once(None, None).await.unwrap();
    let held = maja.outgoing(id, "held", |o| o.held).await;
    assert_eq!(held.state, OutboxState::Failed, "it did not leave");
    assert!(
        held.error.starts_with("Ana answered this conversation"),
        "{}",
        held.error
    );
    assert_eq!(dovecot.relayed().len(), 1, "Ana's only");

    // Taken back, nothing is lost; sent anyway, it leaves.
    let back = maja.engine.unsend(id).await.unwrap();
    assert_eq!(back.text, "Jutri.");
    let again = maja.engine.send_draft(draft).await.unwrap();
    assert_eq!(again, id, "the same mail");
    maja.outgoing(id, "sent", |o| o.state == OutboxState::Sent)
        .await;
    assert_eq!(dovecot.wait_relayed(2, PATIENCE).len(), 2);
    maja.engine.stop().await;
    ana.engine.stop().await;
}
