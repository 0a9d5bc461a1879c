//! Documents named in PDFs that came with mails.

use kontor_model::MessageId;
use kontor_store::PaperNumber;
use rstest::rstest;

use super::papers::read_some;
use super::tests::Desk;

const HEAD: &str = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: V prilogi";

/// A mail with a PDF of one page that shows this; in plain letters, as a mail may carry it.
fn with_pdf(shown: &str, kind: &str) -> String {
    let content = format!("BT /F1 12 Tf ({shown}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!(
            "<</Length {}>>\r\nstream\r\n{content}\r\nendstream",
            content.len()
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let pdf: String = (1..)
        .zip(objects)
        .map(|(n, object)| format!("{n} 0 obj\r\n{object}\r\nendobj\r\n"))
        .collect();
    format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nLep pozdrav.\r\n\
         --x\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=dokument.pdf\r\n\r\n\
         %PDF-1.4\r\n{pdf}trailer\r\n<</Root 1 0 R>>\r\n%%EOF\r\n--x--\r\n"
    )
}

impl Desk {
    /// Reads all that is here; answers in how many goes.
    async fn read_papers(&self) -> usize {
        let mut goes = Vec::new();
        loop {
            let before = goes.last().copied().unwrap_or(i64::MAX);
            match read_some(&self.engine.ctx, before).await.unwrap() {
                Some(last) => goes.push(last),
                None => return goes.len(),
            }
        }
    }

    /// Numbers and files of the documents a mail names.
    async fn named(&self, message: MessageId) -> Vec<(String, &'static str, Option<String>)> {
        let refs = self.engine.doc_refs(message).await.unwrap().into_iter();
        refs.map(|r| (r.document.number, r.place, r.file)).collect()
    }

    async fn mails_naming(&self, number: &str) -> Vec<MessageId> {
        let found = self.engine.mails_of_document(number).await.unwrap();
        found.into_iter().map(|mail| mail.message).collect()
    }
}

#[rstest]
#[case::its_type(
    "Ra\\350un RA-2026/0012, 2026-9999",
    "application/pdf",
    Some("RA-2026/0012")
)]
#[case::their_number("za PO 4711", "application/pdf", Some("2026-1184"))]
#[case::its_name("2026-1184", "application/octet-stream", Some("2026-1184"))]
#[case::of_another_type("RA-2026/0012", "image/png", None)]
#[case::nothing_of_ours("2026-9999", "application/pdf", None)]
#[tokio::test]
async fn a_mail_names_what_its_pdf_names(
    #[case] shown: &str,
    #[case] kind: &str,
    #[case] want: Option<&str>,
) {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 ana@druga.example"])
        .await;
    desk.documents(&[
        "order 2026-1184 1 2026-11-02 - 120 0",
        "invoice RA-2026/0012 2 2026-11-03 - 20 0",
    ])
    .await;
    let (message, thread) = desk.arrive(1, HEAD, &with_pdf(shown, kind)).await;
    assert_eq!(desk.named(message).await, [], "nobody has looked into it");
    let before = desk.engine.change_seq().await.unwrap();
    assert_eq!(desk.read_papers().await, 1);
    let told = desk.engine.change_seq().await.unwrap() > before;
    assert_eq!(
        told,
        want.is_some(),
        "whoever looks at the mail hears of it"
    );
    let named = desk.named(message).await;
    let file = Some("dokument.pdf".to_owned());
    let wanted = want.map(|number| (number.to_owned(), "attachment", file));
    let first = named
        .into_iter()
        .find(|(number, ..)| Some(number.as_str()) == want);
    assert_eq!(first, wanted);
    let of_thread = desk.engine.documents_of_thread(thread).await.unwrap();
    assert_eq!(of_thread.is_empty(), want.is_none(), "{of_thread:?}");
}

#[tokio::test]
async fn the_correspondence_of_a_document_has_mails_whose_pdf_names_it() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example"]).await;
    let (pdf, _) = desk
        .mail(1, HEAD, &with_pdf("za RA-2026/0012", "application/pdf"))
        .await;
    let text = "Content-Type: text/plain\r\n\r\nGlede RA 2026/0012.\r\n";
    let (body, _) = desk.mail(2, HEAD, text).await;
    assert_eq!(desk.mails_naming("RA-2026/0012").await, [body]);
    desk.read_papers().await;
    assert_eq!(
        desk.mails_naming("RA-2026/0012").await,
        [body, pdf],
        "newest first"
    );
    assert_eq!(desk.named(pdf).await, [], "there is no such document yet");
    desk.documents(&["invoice RA-2026/0012 1 2026-11-03 - 20 0"])
        .await;
    let named = desk.named(pdf).await;
    assert_eq!(named.len(), 1, "it has come: {named:?}");
}

#[tokio::test]
async fn nothing_is_read_before_customers_are_known_and_each_mail_once() {
    let desk = Desk::new().await;
    for n in 1..=6 {
        let mail = with_pdf("RA-2026/0012", "application/pdf");
        desk.mail(n, HEAD, &mail).await;
    }
    assert_eq!(desk.read_papers().await, 0, "no ERP is connected");
    desk.customers(&["1 bor@kupec.example"]).await;
    read_some(&desk.engine.ctx, i64::MAX).await.unwrap();
    let read = desk.mails_naming("RA-2026/0012").await.len();
    assert_eq!(read, 4, "a few at a time, and what was read is kept");
    assert_eq!(desk.read_papers().await, 1, "the other two");
    assert_eq!(desk.mails_naming("RA-2026/0012").await.len(), 6);
    assert_eq!(desk.read_papers().await, 0);
}

#[tokio::test]
async fn what_an_older_reader_found_is_read_again() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example"]).await;
    let mail = with_pdf("RA-2026/0012", "application/pdf");
    let (message, _) = desk.mail(1, HEAD, &mail).await;
    desk.write(move |w| {
        let part = 1;
        let key = "po-4711".to_owned();
        w.put_paper_numbers(message, 0, &[PaperNumber { part, key }])
            .map(drop)
    })
    .await;
    assert_eq!(desk.mails_naming("PO 4711").await, [message]);
    assert_eq!(desk.read_papers().await, 1);
    assert_eq!(desk.mails_naming("PO 4711").await, []);
    assert_eq!(desk.mails_naming("RA-2026/0012").await, [message]);
}

#[tokio::test]
async fn mail_that_comes_while_the_engine_runs_is_read_by_itself() {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example"]).await;
    desk.engine.start(None);
    let mut commits = desk.engine.commits();
    let mail = with_pdf("RA-2026/0012", "application/pdf");
    let (message, _) = desk.arrive(1, HEAD, &mail).await;
    while desk.mails_naming("RA-2026/0012").await != [message] {
        commits.changed().await.unwrap();
    }
    desk.engine.stop().await;
}
