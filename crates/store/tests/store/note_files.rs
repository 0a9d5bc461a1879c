//! Files of notes: whole at once or piece by piece, told to their own team only.

use kontor_model::Millis;
use kontor_store::{NoteFileRow, Result, Write};

use crate::support::Profile;

const NOW: Millis = Millis(1_790_000_000_000);
const PART: usize = 256 << 10;

fn write<T: Send + 'static>(
    p: &Profile,
    f: impl FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
) -> T {
    p.store.write_blocking(NOW, f).unwrap()
}

fn row(p: &Profile, hash: [u8; 32]) -> Option<NoteFileRow> {
    p.store.read(|r| r.note_file(hash)).unwrap()
}

fn all(p: &Profile, hash: [u8; 32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let at = bytes.len() as u64;
        let more = p.store.read(|r| r.note_file_bytes(hash, at)).unwrap();
        if more.is_empty() {
            return bytes;
        }
        bytes.extend(more);
    }
}

fn untold(p: &Profile, org: &str, epoch: &str) -> Vec<u8> {
    let rows = p.store.read(|r| r.note_files_untold(org, epoch)).unwrap();
    rows.iter().map(|row| row.hash[0]).collect()
}

#[test]
fn pieces_of_any_size_come_to_the_same_file() {
    let p = Profile::new();
    let bytes: Vec<u8> = (0..2 * PART + 77).map(|n| (n / 5 % 251) as u8).collect();
    let (size, hash) = (bytes.len() as u64, [1; 32]);
    write(&p, move |w| w.want_note_file(hash, size, "a"));
    for (from, to, kept) in [
        (0, 5, true),
        (0, 5, false),
        (9, 12, false),
        (5, PART + 1, true),
        (PART + 1, 2 * PART, true),
        (2 * PART, 2 * PART + 77, true),
    ] {
        let before = row(&p, hash).unwrap().received;
        let piece = bytes[from..to].to_vec();
        let now = write(&p, move |w| {
            w.add_note_file_piece(hash, from as u64, &piece)
        });
        let want = if kept { to as u64 } else { before };
        assert_eq!(now, want, "{from}..{to}");
    }
    assert!(!row(&p, hash).unwrap().whole, "not before it was looked at");
    write(&p, move |w| w.end_note_file(hash, true, "e1"));
    let whole = row(&p, hash).unwrap();
    assert_eq!((whole.whole, whole.wanted), (true, false));
    assert_eq!(all(&p, hash), bytes);
    assert_eq!(untold(&p, "a", "e1"), [0_u8; 0], "it came from there");

    let bad = [2; 32];
    write(&p, move |w| w.want_note_file(bad, 3, "a"));
    write(&p, move |w| w.add_note_file_piece(bad, 0, b"abc"));
    write(&p, move |w| w.end_note_file(bad, false, "e1"));
    assert_eq!(row(&p, bad), None, "what was something else is gone");
    assert!(p.store.read(|r| r.note_file_bytes(bad, 0)).is_err());
}

#[test]
fn a_file_is_told_to_its_own_team_and_again_in_another_life() {
    let p = Profile::new();
    let put = |n: u8, org: Option<&'static str>| {
        write(&p, move |w| {
            w.put_note_file([n; 32], 3, &[b"abc".to_vec()], org)
        });
    };
    put(1, None);
    put(2, Some("a"));
    put(3, Some("b"));
    assert_eq!(untold(&p, "a", "e1"), [1, 2], "never another team's");
    for n in [1, 2] {
        write(&p, move |w| w.note_file_told([n; 32], "a", "e1"));
    }
    assert_eq!(untold(&p, "a", "e1"), [0_u8; 0]);
    assert_eq!(untold(&p, "a", "e2"), [1, 2], "the server was restored");
    assert_eq!(untold(&p, "b", "e9"), [3], "what was given to a is a's");
    put(1, Some("b"));
    assert_eq!(
        untold(&p, "b", "e9"),
        [1, 3],
        "unless it is added there, too"
    );
    assert_eq!(all(&p, [1; 32]), b"abc", "kept once");
}

#[test]
fn what_the_server_lacked_is_asked_for_last() {
    let p = Profile::new();
    for n in [1, 2] {
        write(&p, move |w| w.want_note_file([n; 32], 3, "a"));
    }
    write(&p, |w| w.note_file_absent([1; 32]));
    let wanted = p.store.read(|r| r.note_files_wanted()).unwrap();
    let wanted: Vec<(u8, bool)> = wanted.iter().map(|row| (row.hash[0], row.absent)).collect();
    assert_eq!(wanted, [(2, false), (1, true)]);
    write(&p, |w| w.know_note_file([3; 32], 3, "a", true));
    assert!(row(&p, [3; 32]).is_some_and(|row| row.absent && !row.wanted));
    write(&p, |w| w.know_note_file([1; 32], 3, "a", false));
    assert!(row(&p, [1; 32]).is_some_and(|row| !row.absent && row.wanted));
    // One's own file in the place of one that was waited for.
    write(&p, |w| {
        w.put_note_file([1; 32], 3, &[b"abc".to_vec()], Some("a"))
    });
    assert!(row(&p, [1; 32]).is_some_and(|row| row.whole && !row.wanted));
}
