//! A profile with a few mails and what an ERP told of their senders.

use kontor_collab::DocumentBody;
use kontor_crm::{Rank, Staleness, Standing};
use kontor_model::{
    Endpoint, Flags, FolderId, Layer, MessageId, Millis, Role, Security, ServerSettings, ThreadId,
};
use kontor_protocol::{
    CustomerCard, CustomerContact, DocumentLine, FactKind, FactsState, Freshness, MirrorState,
};
use kontor_store::{
    Arrival, CustomerCardRow, CustomerRow, DocumentRow, Figure, NewEnvelope, NewFolder, NewMail,
    PaperKind, Write,
};
use rstest::rstest;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::engine::{Config, Engine};
use crate::error::Code;
use crate::ingest::prepare;
use crate::profile::Profile;

/// 2026-11-22T12:00:00Z
pub(super) const NOW: i64 = 1_795_348_800_000;
const HOUR: i64 = 3_600_000;

pub(super) struct Desk {
    pub(super) engine: Engine,
    inbox: FolderId,
    _dir: TempDir,
}

impl Desk {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::open(dir.path().join("profile")).unwrap();
        let config = Config {
            clock: Clock::standing(Millis(NOW)),
            keychain: Some(format!("file:{}", dir.path().join("keys").display())),
            ..Config::default()
        };
        let engine = Engine::open(profile, config).await.unwrap();
        let folder = NewFolder {
            wire: "INBOX".to_owned(),
            path: "INBOX".to_owned(),
            delimiter: Some('/'),
            role: Some(Role::Inbox),
            selectable: true,
        };
        let settings = ServerSettings {
            imap: Endpoint {
                host: "imap.hrast.example".to_owned(),
                port: 993,
                security: Security::Tls,
            },
            smtp: None,
            username: "maja".to_owned(),
            ca_pem: None,
        };
        let write = engine.ctx.write(move |w| {
            let account = w.add_account("maja@hrast.example", "Maja", &settings)?;
            w.put_folders(account, &[folder])?;
            Ok(w.folder_by_wire(account, "INBOX")?.map(|row| row.folder.id))
        });
        let inbox = write.await.unwrap().unwrap();
        Self {
            engine,
            inbox,
            _dir: dir,
        }
    }

    pub(super) async fn write(
        &self,
        f: impl FnOnce(&mut Write<'_>) -> kontor_store::Result<()> + Send + 'static,
    ) {
        self.engine.ctx.write(f).await.unwrap();
    }

    /// A mail; answers it and its conversation.
    pub(super) async fn mail(&self, n: u32, head: &str, body: &str) -> (MessageId, ThreadId) {
        self.stored(n, head, body, None).await
    }

    /// A mail that arrives; answers it and its conversation.
    pub(super) async fn arrive(&self, n: u32, head: &str, body: &str) -> (MessageId, ThreadId) {
        let arrival = Arrival {
            layer: Layer::Push,
            announced_at: Millis(NOW),
        };
        self.stored(n, head, body, Some(arrival)).await
    }

    async fn stored(
        &self,
        n: u32,
        head: &str,
        body: &str,
        arrival: Option<Arrival>,
    ) -> (MessageId, ThreadId) {
        let raw = format!(
            "{head}\r\nMessage-ID: <m{n}@kupec.example>\r\nDate: Fri, 20 Nov 2026 10:{n:02}:00 +0100\r\n\
             MIME-Version: 1.0\r\n{body}"
        );
        let (envelope, body) = prepare(&self.engine.ctx.store, raw.as_bytes()).unwrap();
        let mail = NewMail {
            head: NewEnvelope {
                uid: n,
                flags: Flags::default(),
                internal_date: Millis(NOW - HOUR),
                size: raw.len() as u64,
                envelope,
                has_attachment: None,
            },
            body,
        };
        let inbox = self.inbox;
        let stored = self
            .engine
            .ctx
            .write(move |w| w.put_mails(inbox, vec![mail], arrival))
            .await
            .unwrap();
        (stored[0].message, stored[0].thread)
    }

    /// A plain mail from somebody.
    pub(super) async fn from(&self, n: u32, from: &str) -> (MessageId, ThreadId) {
        let head = format!("From: {from}\r\nTo: maja@hrast.example\r\nSubject: Zadeva {n}");
        self.mail(n, &head, PLAIN).await
    }

    /// The ERP is connected, and has these customers: `ID ADDRESS ADDRESS…`.
    pub(super) async fn customers(&self, lines: &'static [&'static str]) {
        self.write(move |w| {
            put_state(w)?;
            for line in lines {
                let mut words = line.split(' ').map(str::to_owned);
                let id = words.next().unwrap();
                let row = CustomerRow {
                    version: 5,
                    name: format!("Firma {id}"),
                    gone: false,
                    id,
                };
                w.put_customer(&row, &words.collect::<Vec<_>>())?;
            }
            Ok(())
        })
        .await;
    }

    /// Documents: `KIND NUMBER CUSTOMER DATE DUE TOTAL PAID`, `-` for none; each of two of product K1.
    pub(super) async fn documents(&self, lines: &'static [&'static str]) {
        self.write(move |w| {
            for line in lines {
                w.put_document(&document(line))?;
            }
            for id in ["1", "2"] {
                w.follow(id)?;
                w.hold_customer(id, 5, false, 5)?;
            }
            Ok(())
        })
        .await;
    }

    async fn tied(&self, thread: ThreadId) -> String {
        let view = self.engine.dossier_of_thread(thread).await.unwrap();
        let some = view.suggestions.iter().map(|s| format!("{}?", s.customer));
        match &view.customer {
            Some(customer) => customer.id.clone(),
            None => some.collect::<Vec<_>>().join(" "),
        }
    }
}

pub(super) const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\r\n\r\nLep pozdrav.\r\n";

fn put_state(w: &mut Write<'_>) -> kontor_store::Result<()> {
    let at = |hours: i64| {
        jiff::Timestamp::from_millisecond(NOW.saturating_sub(hours.saturating_mul(HOUR))).unwrap()
    };
    let state = FactsState {
        life: "one".to_owned(),
        version: 5,
        state: MirrorState::Live,
        last_at: Some(at(1)),
        fresh: vec![Freshness {
            kind: FactKind::Order,
            at: at(2),
            from: Some("2026-11-01".parse().unwrap()),
        }],
        ..FactsState::default()
    };
    w.put_facts_state("one", &serde_json::to_string(&state).unwrap())
}

pub(super) fn document(line: &str) -> DocumentRow {
    let words: Vec<&str> = line.split(' ').collect();
    let some = |word: &str| (word != "-").then(|| word.to_owned());
    let body = DocumentBody {
        doc_type: "sales".to_owned(),
        status_label: "Novo".to_owned(),
        their_number: "PO-4711".to_owned(),
        lines: vec![DocumentLine {
            code: "K1".to_owned(),
            name: "Klop".to_owned(),
            amount: "2".parse().unwrap(),
            ..DocumentLine::default()
        }],
        ..DocumentBody::default()
    };
    DocumentRow {
        id: words[1].to_owned(),
        customer: words[2].to_owned(),
        version: 3,
        number: words[1].to_owned(),
        their_number: body.their_number.clone(),
        status: "new_order".to_owned(),
        figure: Figure {
            kind: PaperKind::read(words[0]).unwrap(),
            date: some(words[3]).unwrap_or_default(),
            due: some(words[4]),
            currency: "EUR".to_owned(),
            total: words[5].parse().unwrap(),
            paid: words[6].parse().unwrap(),
            issued: true,
            seen_at: Millis(NOW - 30 * HOUR),
        },
        body: serde_json::to_string(&body).unwrap(),
    }
}

/// What customer 1 has: its card, and a document of each kind.
async fn all_of_one(desk: &Desk) {
    desk.documents(&[
        "order 2026-7 1 2026-11-02 - 120 0",
        "offer 2026-6 1 2026-10-01 - 99 0",
        "invoice RA-2026/0012 1 2026-11-03 2026-11-12 2000.10 0.05",
        "credit_note D-2026-1 1 2026-11-04 - 100 100",
        "order 2026-8 2 2026-11-05 - 5 0",
    ])
    .await;
    desk.write(|w| {
        let card = CustomerCard {
            number: "K-17".to_owned(),
            name: "Kupec d.o.o.".to_owned(),
            contacts: vec![CustomerContact::default()],
            ..CustomerCard::default()
        };
        let card = CustomerCardRow {
            seen_at: Millis(NOW - 3 * HOUR),
            card: serde_json::to_string(&card).unwrap(),
        };
        w.put_customer_card("1", &card)
    })
    .await;
}

#[tokio::test]
async fn a_dossier_is_painted_from_local_rows() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example"]).await;
    let (_, thread) = desk.from(1, "Bor <BOR@kupec.example>").await;
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert!(view.waiting && view.connected, "{view:?}");
    assert_eq!(
        view.customer.unwrap().name,
        "Firma 1",
        "the name is known before all else"
    );

    all_of_one(&desk).await;
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert!(!view.waiting, "its facts are here");
    assert_eq!(view.address, "bor@kupec.example");
    let customer = view.customer.unwrap();
    assert_eq!(
        (customer.name.as_str(), customer.number.as_str()),
        ("Kupec d.o.o.", "K-17")
    );
    let totals: Vec<_> = customer
        .totals
        .iter()
        .map(|t| (t.currency.as_str(), t.total, t.open, t.overdue))
        .collect();
    assert_eq!(totals, [("EUR", 1900.1, 2000.05, 2000.05)]);
    assert_eq!(
        (customer.rank, customer.status),
        (Some(Rank::B), Standing::Overdue)
    );
    assert_eq!(customer.last_order.unwrap().number, "2026-7");
    let counts = customer.counts;
    assert_eq!((counts.offers, counts.orders, counts.invoices), (1, 1, 2));
    let shown: Vec<_> = customer
        .documents
        .iter()
        .map(|d| (d.number.as_str(), d.overdue_days))
        .collect();
    let want = [
        ("D-2026-1", None),
        ("RA-2026/0012", Some(10)),
        ("2026-7", None),
        ("2026-6", None),
    ];
    assert_eq!(shown, want, "newest first");
    assert_eq!(
        customer.products[0].amount, 4.0,
        "of the order and the bill"
    );
    assert_eq!(
        customer.stale,
        Staleness::Old,
        "the offer was seen 30 hours ago"
    );
    let order = customer
        .documents
        .iter()
        .find(|d| d.kind == "order")
        .unwrap();
    let as_of = order.as_of.as_millisecond();
    assert_eq!(
        as_of,
        NOW - 2 * HOUR,
        "all orders of this month were looked at since"
    );
}

#[tokio::test]
async fn who_is_looked_at_is_wanted() {
    let desk = Desk::new().await;
    desk.customers(&["1", "2"]).await;
    assert!(desk.engine.dossier("1").await.unwrap().waiting);
    // The note that somebody looked is written behind the answer; the writer keeps the order.
    desk.write(|_| Ok(())).await;
    let wanted = desk
        .engine
        .ctx
        .store
        .read(|r| r.wanted_customers(9))
        .unwrap();
    let wanted: Vec<_> = wanted.into_iter().map(|row| row.customer).collect();
    assert_eq!(wanted, ["1"]);
    let error = desk.engine.dossier("9").await.unwrap_err();
    assert_eq!(error.code, Code::UnknownCustomer);
}

#[rstest]
#[case::exact("bor@kupec.example", "1")]
#[case::several("info@skupaj.example", "2? 3?")]
#[case::domain_only_suggests("cene@kupec.example", "1?")]
#[case::freemail_never("nekdo@siol.net", "")]
#[case::stranger("kdo@drugje.example", "")]
#[tokio::test]
async fn whose_mail_it_is(#[case] from: &str, #[case] want: &str) {
    let desk = Desk::new().await;
    desk.customers(&[
        "1 bor@kupec.example",
        "2 info@skupaj.example",
        "3 info@skupaj.example",
        "4 firma4@siol.net",
    ])
    .await;
    let (_, thread) = desk.from(1, from).await;
    assert_eq!(desk.tied(thread).await, want, "{from}");
}

#[tokio::test]
async fn what_is_said_by_hand_goes_first_and_can_be_taken_back() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 cene@drugi.example"])
        .await;
    let (_, thread) = desk.from(1, "bor@kupec.example").await;
    desk.engine.link("Bor@kupec.example", "2").await.unwrap();
    assert_eq!(desk.tied(thread).await, "2");
    desk.engine.unlink("bor@kupec.example").await.unwrap();
    assert_eq!(desk.tied(thread).await, "1", "the ERP counts again");
    desk.engine.unlink("bor@kupec.example").await.unwrap();
    assert_eq!(
        desk.tied(thread).await,
        "",
        "of none, whatever the ERP says"
    );
    let of = desk.engine.find_customer("bor@kupec.example").await;
    assert_eq!(of.unwrap_err().code, Code::UnknownCustomer);
    desk.engine.forget_link("bor@kupec.example").await.unwrap();
    assert_eq!(
        desk.engine
            .find_customer("bor@kupec.example")
            .await
            .unwrap(),
        "1"
    );
    let error = desk
        .engine
        .link("bor@kupec.example", "9")
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::UnknownCustomer);
    let suggested = desk.engine.suggest("bor@kupec.example").await.unwrap();
    assert_eq!(suggested.len(), 1);
}

#[tokio::test]
async fn of_our_own_mail_the_recipient_counts() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "5 maja@hrast.example"])
        .await;
    let head = "From: maja@hrast.example\r\nTo: Bor <bor@kupec.example>\r\nSubject: Ponudba";
    let (_, thread) = desk.mail(1, head, PLAIN).await;
    assert_eq!(desk.tied(thread).await, "1");
}

#[tokio::test]
async fn documents_in_a_mail_are_bound_when_they_exist() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 cene@drugi.example"])
        .await;
    desk.documents(&[
        "order 2026-1184 1 2026-11-02 - 120 0",
        "invoice RA-2026/0012 1 2026-11-03 - 20 0",
        "order 2026-1190 2 2026-11-05 - 5 0",
    ])
    .await;
    let body = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n\
        Za ra-2026/0012 in 2026-9999, po PO 4711.\r\n--x\r\nContent-Type: text/csv; name=seznam.csv\r\n\
        Content-Disposition: attachment; filename=seznam.csv\r\n\r\n2026-1190;5\r\n--x--\r\n";
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: Re: 2026-1184";
    let (message, thread) = desk.mail(1, head, body).await;
    let refs = desk.engine.doc_refs(message).await.unwrap();
    let shown: Vec<_> = refs
        .iter()
        .map(|r| (r.place, r.document.number.as_str(), r.text.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("subject", "2026-1184", "2026-1184"),
            ("body", "RA-2026/0012", "ra-2026/0012"),
            ("attachment", "2026-1190", "2026-1190"),
        ],
        "a number of theirs names what is named already"
    );
    let (other, _) = desk.from(2, "cene@drugi.example").await;
    assert_eq!(desk.engine.doc_refs(other).await.unwrap(), []);
    for number in ["RA-2026/0012", "ra 2026 0012", "2026-1184"] {
        let threads = desk.engine.threads_of_document(number).await.unwrap();
        assert_eq!(threads, [thread], "{number}");
    }
    assert_eq!(
        desk.engine.threads_of_document("2026-7777").await.unwrap(),
        []
    );
}

#[tokio::test]
async fn nothing_is_connected_at_first() {
    let desk = Desk::new().await;
    let (_, thread) = desk.from(1, "bor@kupec.example").await;
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert!(!view.connected && view.customer.is_none() && !view.waiting);
    let status = desk.engine.crm_status().await.unwrap();
    assert_eq!(
        (status.state.state, status.told_at),
        (MirrorState::Off, None)
    );
    desk.customers(&["1"]).await;
    let status = desk.engine.crm_status().await.unwrap();
    assert_eq!((status.state.state, status.known), (MirrorState::Live, 1));
    assert_eq!(status.age_seconds, Some(3600));
}
