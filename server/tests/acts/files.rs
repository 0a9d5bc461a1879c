//! A file that lies with the organisation, put beside a document.

use std::time::Duration;

use kontor_protocol::{Act, ActFile, ActState, ActStep, DocumentName, FILE_PIECE_BYTES, FileHash};
use kontor_server::core::storage::{FilePiece, Files as _, PutPiece, SqliteStorage, Storage as _};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::{Desk, Stage, field, id};

const SIZE: usize = 6 << 20;

fn content() -> Vec<u8> {
    (0..SIZE).map(|n| (n % 251).to_le_bytes()[0]).collect()
}

/// An act that puts these bytes beside a document.
fn attach(document: &DocumentName, bytes: &[u8], size: usize) -> Act {
    Act::AttachFile {
        document: document.clone(),
        name: "nacrt.pdf".to_owned(),
        data: String::new(),
        file: Some(ActFile {
            hash: FileHash::of(bytes),
            size: size.try_into().unwrap(),
        }),
    }
}

impl Stage {
    /// As a desk sends it, piece by piece; at most so many of them.
    async fn put(&self, bytes: &[u8], pieces: usize) {
        let (hash, size) = (FileHash::of(bytes), bytes.len().try_into().unwrap());
        let (mut at, mut upload) = (0, String::new());
        let length = FILE_PIECE_BYTES.try_into().unwrap();
        for piece in bytes.chunks(length).take(pieces) {
            let put = FilePiece {
                hash,
                size,
                member: self.maja.member,
                at,
                bytes: piece.to_vec(),
                now: self.clock.now(),
            };
            let kept = self.storage.put_piece(self.org, put).await.unwrap();
            let PutPiece::Kept(head) = kept else {
                panic!("{kept:?}");
            };
            (at, upload) = (head.received, head.upload);
        }
        if at == size {
            let ended = self.storage.end_upload(self.org, hash, upload, true);
            assert!(ended.await.unwrap());
        }
    }

    /// What lies at a document, byte for byte.
    async fn attached(&self, document: &DocumentName) -> Vec<Vec<u8>> {
        let body = json!({
            "doc_type": document.doc_type, "doc_id": document.id, "show_attachments": "true",
        });
        let answer = self.call("/rest/eshop/v1/get_document", body).await;
        let listed = match &answer["attachment_list"] {
            Value::Array(list) => list.clone(),
            Value::Object(one) => vec![Value::Object(one.clone())],
            _ => Vec::new(),
        };
        let mut files = Vec::new();
        for file in listed {
            let there = reqwest::get(file["source_url"].as_str().unwrap()).await;
            files.push(there.unwrap().bytes().await.unwrap().to_vec());
        }
        files
    }
}

/// Why nobody can say yes to it.
async fn problem(desk: &mut Desk, act: &Act) -> String {
    let preview = desk.preview(id(), act).await.preview.unwrap();
    assert_eq!(preview.token, "", "{preview:#?}");
    preview.problems.join(" ")
}

#[tokio::test]
async fn a_large_file_that_lies_here_is_attached_byte_for_byte() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let (document, bytes) = (stage.newest_order().await, content());
    stage.put(&bytes, usize::MAX).await;
    let (_, written) = desk.done(&attach(&document, &bytes, SIZE)).await;
    assert_eq!(field(&written, "bytes").1, SIZE.to_string());
    let hash = FileHash::of(&bytes).to_string();
    assert_eq!(field(&written, "sha256").1, hash);
    assert!(stage.attached(&document).await == [bytes]);
    assert_eq!(stage.applied("add_attachment"), 1);
    stage.close().await;
}

#[rstest]
#[case::nothing_of_it(0, SIZE)]
#[case::a_part_of_it(3, SIZE)]
#[case::of_another_size(usize::MAX, 9)]
#[tokio::test]
async fn a_file_that_is_not_here_is_waited_for(#[case] pieces: usize, #[case] size: usize) {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let (document, bytes) = (stage.newest_order().await, content());
    stage.put(&bytes, pieces).await;
    let why = problem(&mut desk, &attach(&document, &bytes, size)).await;
    assert!(why.contains("not arrived"), "{why}");
    stage.close().await;
}

#[tokio::test]
async fn a_file_of_another_organisation_cannot_be_named() {
    let stage = Stage::open().await;
    let bytes = content();
    stage.put(&bytes, usize::MAX).await;
    let made = stage
        .identity
        .create_org("bukev", "bor@bukev.example", "correct horse");
    let bor = stage.identity.sign_in(made.await.unwrap(), "desk", "login");
    let bor = bor.await.unwrap();
    stage.connect(bor.org, "two").await;
    let mut desk = stage.desk(&bor).await;
    let document = stage.newest_order().await;
    let why = problem(&mut desk, &attach(&document, &bytes, SIZE)).await;
    assert!(why.contains("not arrived"), "{why}");
    stage.close().await;
}

#[tokio::test]
async fn a_node_that_dies_while_the_file_is_on_its_way_finds_it_there() {
    let mut stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let (document, bytes) = (stage.newest_order().await, content());
    stage.put(&bytes, usize::MAX).await;
    let (act, act_id) = (attach(&document, &bytes, SIZE), id());
    let token = desk.token(act_id, &act).await;
    stage.erp.hold("add_attachment");
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    while stage.applied("add_attachment") == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stage.kill().await;
    stage.erp.let_go("add_attachment");
    stage.start();
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(stage.attached(&document).await.len(), 1);
    stage.close().await;
}

/// What was done after a backup that does not know of it, and what a server that was set back to it does.
#[rstest]
#[case::of_an_order_it_sees_it("sales_order", "very file", 1)]
#[case::of_an_invoice_it_asks("sales_bill_domestic", "may be attached already", 2)]
#[tokio::test]
async fn a_file_attached_after_the_backup_is_not_silently_attached_again(
    #[case] doc_type: &str,
    #[case] note: &str,
    #[case] times: u64,
    #[values(true, false)] planned: bool,
) {
    let dir = TempDir::new().unwrap();
    let one = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
    let mut stage = Stage::on(one, dir).await;
    stage.start();
    stage.mirrored().await;
    let (document, bytes) = (stage.newest(doc_type).await, b"%PDF-1.4 nacrt".to_vec());
    stage.put(&bytes, 1).await;
    let (act, act_id) = (attach(&document, &bytes, bytes.len()), id());
    let backup = stage.dir.path().join("backup");
    let mut desk = stage.desk(&stage.maja).await;
    if !planned {
        stage.storage.backup(&backup).await.unwrap();
    }
    let token = desk.token(act_id, &act).await;
    if planned {
        stage.storage.backup(&backup).await.unwrap();
    }
    let done = desk.confirm(act_id, &act, &token).await;
    // On a slow machine the answer may be lost: of an invoice nobody can tell then.
    assert!(!done.state.is_under_way(), "{done:#?}");
    assert_eq!(stage.applied("add_attachment"), 1);

    let empty = SqliteStorage::open(&stage.dir.path().join("other.db")).unwrap();
    empty.restore(&backup).await.unwrap();
    stage.set_back(empty).await;
    stage.start();
    let mut desk = stage.desk(&stage.maja).await;
    let forgotten = desk.ask(act_id).await;
    let shown = (forgotten.state, forgotten.preview);
    assert_eq!(shown, (ActState::Planned, None), "looked at anew");

    // The desk's look names the yes it had said.
    desk.send(act_id, ActStep::Preview, Some(&act), &token)
        .await;
    let shown = loop {
        let preview = desk.ask(act_id).await.preview.unwrap_or_default();
        if preview.notes.iter().any(|said| said.contains(note)) {
            break preview;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    assert_eq!(stage.applied("add_attachment"), 1);
    let again = desk.confirm(act_id, &act, &shown.token).await;
    assert!(!again.state.is_under_way(), "{again:#?}");
    let applied = stage.applied("add_attachment");
    assert_eq!(applied, times, "only a person repeats it");
    stage.close().await;
}
