//! Files in notes: pieces, hashes, backups.

use kontor_protocol::FileHash;
use kontor_server::core::storage::{FileHead, FilePiece, Files as _, PutPiece, Storage};
use tokio::task::JoinSet;

use crate::stage::{SqliteStage, Stage, Team, at, team};

const PART: usize = 256 << 10;

/// Bytes that differ from part to part.
pub(crate) fn content(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n / 7 + n / PART) as u8).collect()
}

pub(crate) fn piece(of: &[u8], from: usize, to: usize) -> FilePiece {
    FilePiece {
        hash: FileHash::of(of),
        size: of.len() as u64,
        member: kontor_protocol::MemberId(uuid::Uuid::from_u128(4)),
        at: from as u64,
        bytes: of[from..to].to_vec(),
        now: at(10),
    }
}

/// Sends all of a file named by `named`; whether it ended well.
pub(crate) async fn put(storage: &impl Storage, team: Team, named: &[u8], sent: &[u8]) -> bool {
    let mut from = 0;
    let mut head = None;
    while from < sent.len() {
        let to = (from + PART).min(sent.len());
        let mut piece = piece(sent, from, to);
        piece.hash = FileHash::of(named);
        let put = storage.put_piece(team.org, piece).await.unwrap();
        let PutPiece::Kept(kept) = put else {
            panic!("{put:?}")
        };
        head = Some(kept);
        from = to;
    }
    let good = named == sent;
    let upload = head.unwrap().upload;
    let hash = FileHash::of(named);
    let ended = storage.end_upload(team.org, hash, upload, good);
    ended.await.unwrap() && good
}

/// All parts, one behind the other.
async fn whole(storage: &impl Storage, team: Team, hash: FileHash) -> Option<Vec<u8>> {
    let head = storage.file(team.org, hash).await.unwrap()?;
    assert!(head.whole && head.received == head.size, "{head:?}");
    let mut all = Vec::new();
    let mut number = 0;
    while let Some(part) = storage.file_part(team.org, hash, number).await.unwrap() {
        all.extend(part);
        number += 1;
    }
    Some(all)
}

pub(crate) async fn a_file_comes_piece_by_piece(stage: &impl Stage) {
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    for length in [1, PART - 1, PART, PART + 1, 3 * PART + 5] {
        let bytes = content(length);
        let hash = FileHash::of(&bytes);
        assert_eq!(storage.file(one.org, hash).await.unwrap(), None);
        assert!(put(&storage, one, &bytes, &bytes).await, "{length}");
        assert_eq!(whole(&storage, one, hash).await, Some(bytes.clone()));
        assert_eq!(whole(&storage, other, hash).await, None, "only there");
        let part = storage.file_part(other.org, hash, 0).await.unwrap();
        assert_eq!(part, None, "no part of it either");
        let again = storage.put_piece(one.org, piece(&bytes, 0, 1)).await;
        let again = again.unwrap();
        let PutPiece::Elsewhere(head) = again else {
            panic!("{again:?}")
        };
        assert!(head.whole, "it is there once");
    }
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn pieces_go_on_where_the_file_stands(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let bytes = content(2 * PART + 100);
    let hash = FileHash::of(&bytes);
    let stands = async |head: Option<FileHead>| head.map(|h| (h.received, h.whole));
    // Pieces of any size come to the same parts; what does not go on is refused and changes nothing.
    for (from, to, want, kept) in [
        (5, 9, 0, false),
        (0, 0, 0, true),
        (0, 3, 3, true),
        (0, 3, 3, false),
        (2, 9, 3, false),
        (3, PART, PART, true),
        (PART, PART + 1, PART + 1, true),
        (PART + 1, 2 * PART + 50, 2 * PART + 50, true),
        (PART, 2 * PART, 2 * PART + 50, false),
        (2 * PART + 50, 2 * PART + 100, 2 * PART + 100, true),
    ] {
        let done = storage.put_piece(one.org, piece(&bytes, from, to)).await;
        let done = done.unwrap();
        assert_eq!(matches!(done, PutPiece::Kept(_)), kept, "{from}..{to}");
        let head = stands(storage.file(one.org, hash).await.unwrap()).await;
        let want = (kept || want > 0).then_some((want as u64, false));
        assert_eq!(head, want, "{from}..{to}");
    }
    let mut longer = piece(&bytes, 0, 0);
    longer.at = bytes.len() as u64;
    longer.bytes = vec![1];
    let done = storage.put_piece(one.org, longer).await.unwrap();
    assert!(matches!(done, PutPiece::Elsewhere(_)), "{done:?}");

    let head = storage.file(one.org, hash).await.unwrap().unwrap();
    let other = storage.end_upload(one.org, hash, "another".into(), true);
    assert!(
        !other.await.unwrap(),
        "another upload's word does not count"
    );
    let sealed = storage.end_upload(one.org, hash, head.upload.clone(), true);
    assert!(sealed.await.unwrap());
    assert_eq!(whole(&storage, one, hash).await, Some(bytes));
    let late = storage.end_upload(one.org, hash, head.upload, false);
    assert!(!late.await.unwrap(), "what is whole stays");

    // Another size begins anew, from the beginning only.
    let (long, short) = (content(900), content(500));
    storage
        .put_piece(one.org, piece(&long, 0, 700))
        .await
        .unwrap();
    for (from, kept) in [(10, false), (0, true)] {
        let mut other = piece(&short, from, 400);
        other.hash = FileHash::of(&long);
        let done = storage.put_piece(one.org, other).await.unwrap();
        assert_eq!(matches!(done, PutPiece::Kept(_)), kept, "{done:?}");
    }
    let head = storage.file(one.org, FileHash::of(&long)).await.unwrap();
    let head = head.unwrap();
    assert_eq!((head.size, head.received), (500, 400));
    // What was not what it was named is gone without a trace.
    let hash = FileHash::of(&long);
    let gone = storage.end_upload(one.org, hash, head.upload, false);
    assert!(gone.await.unwrap());
    assert_eq!(storage.file(one.org, hash).await.unwrap(), None);
    assert_eq!(storage.file_part(one.org, hash, 0).await.unwrap(), None);
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn what_was_left_is_thrown_away(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let begin = async |n: usize, second: i64| {
        let mut begun = piece(&content(1000 + n), 0, 10);
        begun.now = at(second);
        storage.put_piece(one.org, begun).await.unwrap()
    };
    for n in 0..256 {
        let done = begin(n, 10).await;
        assert!(matches!(done, PutPiece::Kept(_)), "{n}: {done:?}");
    }
    assert_eq!(begin(256, 20).await, PutPiece::Full, "enough is enough");
    let days = 3 * 24 * 3600;
    assert_eq!(begin(256, days).await, PutPiece::Full, "days, not hours");
    let done = begin(256, days + 11).await;
    assert!(matches!(done, PutPiece::Kept(_)), "{done:?}");
    let old = FileHash::of(&content(1000));
    assert_eq!(storage.file(one.org, old).await.unwrap(), None, "gone");
    assert_eq!(storage.file_part(one.org, old, 0).await.unwrap(), None);
}

pub(crate) async fn nodes_that_take_the_same_file_at_once(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let hrast = team(&one, "hrast").await;
    let bytes = content(5 * PART);
    let mut sending = JoinSet::new();
    for node in [one.clone(), two, one.clone()] {
        let bytes = bytes.clone();
        sending.spawn(async move {
            let mut from = 0;
            while from < bytes.len() {
                let to = (from + PART / 2).min(bytes.len());
                let put = node.put_piece(hrast.org, piece(&bytes, from, to)).await;
                from = match put.unwrap() {
                    PutPiece::Kept(head) | PutPiece::Elsewhere(head) => head.received as usize,
                    PutPiece::Full => panic!("one file"),
                };
            }
        });
    }
    sending.join_all().await;
    let hash = FileHash::of(&bytes);
    let head = one.file(hrast.org, hash).await.unwrap().unwrap();
    let ended = one.end_upload(hrast.org, hash, head.upload, true);
    assert!(ended.await.unwrap());
    assert_eq!(
        whole(&one, hrast, hash).await,
        Some(bytes),
        "once, in order"
    );
    assert_eq!(one.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn files_are_in_a_backup(stage: &impl Stage) {
    let storage = stage.open().await;
    let teams = [team(&storage, "hrast").await, team(&storage, "vijak").await];
    let files = [content(3), content(PART), content(40 * PART + 9)];
    for team in teams {
        for bytes in &files {
            assert!(put(&storage, team, bytes, bytes).await);
        }
    }
    let begun = content(777);
    let piece = piece(&begun, 0, 70);
    storage.put_piece(teams[0].org, piece).await.unwrap();
    let file = stage.folder().join("files.jsonl");
    storage.backup(&file).await.unwrap();
    let (same, other) = (stage.open_empty().await, SqliteStage::new());
    let other = other.open_empty().await;
    same.restore(&file).await.unwrap();
    other.restore(&file).await.unwrap();
    let back = stage.folder().join("back.jsonl");
    other.backup(&back).await.unwrap();
    let again = stage.open_empty().await;
    again.restore(&back).await.unwrap();
    for team in teams {
        for bytes in &files {
            let hash = FileHash::of(bytes);
            assert_eq!(whole(&same, team, hash).await.as_ref(), Some(bytes));
            assert_eq!(whole(&other, team, hash).await.as_ref(), Some(bytes));
            assert_eq!(whole(&again, team, hash).await.as_ref(), Some(bytes));
        }
    }
    let begun = same.file(teams[0].org, FileHash::of(&begun)).await.unwrap();
    assert_eq!(begun, None, "what was not whole is sent again");
    assert_eq!(again.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn damaged_files_are_found(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let files = [content(PART + 1), content(20), content(30)];
    for bytes in &files {
        assert!(put(&storage, one, bytes, bytes).await);
    }
    let [cut, changed, lost] = files.map(|bytes| FileHash::of(&bytes).to_string());
    stage.hurt(&format!(
        "DELETE FROM file_part WHERE hash = '{cut}' AND number = 1;
         UPDATE file_part SET data = (SELECT p.data FROM file_part p WHERE p.hash = '{lost}') WHERE hash = '{changed}';
         DELETE FROM file WHERE hash = '{lost}'"
    ));
    let mut found = storage.check().await.unwrap().problems;
    found.sort();
    let mut want =
        [&cut, &changed].map(|h| format!("hrast: the file {h} is not what its name says"));
    want.sort();
    assert_eq!(
        found,
        [&["1 parts belong to no file".to_owned()][..], &want].concat()
    );
}
