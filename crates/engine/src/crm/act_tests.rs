//! Attachments of mails, on their way to a document.

use kontor_protocol::{Act, DocumentName, FileHash};

use super::tests::Desk;
use crate::error::Code;

/// A mail with a file of so many bytes, and the file.
fn with_file(size: usize) -> (String, String) {
    let file = "a".repeat(size);
    let mail = format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nLep pozdrav.\r\n\
         --x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=nacrt.pdf\r\n\r\n\
         {file}\r\n--x--\r\n"
    );
    (mail, file)
}

fn order() -> DocumentName {
    DocumentName {
        id: "1".to_owned(),
        doc_type: "sales_order".to_owned(),
    }
}

#[tokio::test]
async fn a_mails_file_is_kept_for_its_act_and_too_large_a_one_is_refused_at_once() {
    let desk = Desk::new().await;
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: Nacrt";
    let (mail, file) = with_file(3 << 20);
    let (message, _) = desk.arrive(1, head, &mail).await;
    let act = desk.engine.file_of_mail(message, 1, order()).await.unwrap();
    let Act::AttachFile {
        name,
        data,
        file: Some(kept),
        ..
    } = &act
    else {
        panic!("{act:?}");
    };
    assert_eq!((name.as_str(), data.as_str()), ("nacrt.pdf", ""));
    assert_eq!(
        (kept.hash, kept.size),
        (FileHash::of(file.as_bytes()), 3 << 20)
    );
    assert!(
        desk.engine.has_file(kept.hash).await.unwrap(),
        "its bytes are here"
    );
    assert_eq!(act.check(), Ok(()));

    let (mail, file) = with_file((25 << 20) + 1);
    let (message, _) = desk.arrive(2, head, &mail).await;
    let refused = desk
        .engine
        .file_of_mail(message, 1, order())
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Usage);
    assert!(
        refused.message.contains("at most 25 MB"),
        "{}",
        refused.message
    );
    let kept = desk.engine.has_file(FileHash::of(file.as_bytes())).await;
    assert!(!kept.unwrap(), "nothing is kept or sent");
}
