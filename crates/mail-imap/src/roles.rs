//! What a folder is for: by special-use (RFC 6154), else by its name in en, sl, de, hr, it.

use kontor_mail::provider::RemoteFolder;
use kontor_model::Role;

/// The special-use attribute's role. `\Spam` is what XLIST servers say.
pub(crate) fn by_attribute(attribute: &[u8]) -> Option<Role> {
    Some(match attribute.to_ascii_lowercase().as_slice() {
        b"\\sent" => Role::Sent,
        b"\\drafts" => Role::Drafts,
        b"\\trash" => Role::Trash,
        b"\\junk" | b"\\spam" => Role::Junk,
        b"\\archive" => Role::Archive,
        b"\\inbox" => Role::Inbox,
        _ => return None,
    })
}

/// Names as servers and clients of five languages give them: lower case, without diacritics. More usual ones first: where two
/// folders could be meant, the earlier name wins.
const NAMES: [(Role, &[&str]); 5] = [
    (
        Role::Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sent-mail",
            "poslano",
            "poslana posta",
            "poslani elementi",
            "poslana sporocila",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "gesendete nachrichten",
            "poslane stavke",
            "poslane poruke",
            "poslani predmeti",
            "posta inviata",
            "inviata",
            "inviati",
            "elementi inviati",
            "messaggi inviati",
        ],
    ),
    (
        Role::Drafts,
        &[
            "drafts",
            "draft",
            "osnutki",
            "entwurfe",
            "entwurf",
            "skice",
            "nacrti",
            "predlosci",
            "bozze",
        ],
    ),
    (
        Role::Trash,
        &[
            "trash",
            "deleted items",
            "deleted messages",
            "deleted",
            "bin",
            "kos",
            "smeti",
            "izbrisano",
            "izbrisani elementi",
            "izbrisana sporocila",
            "kos za smeti",
            "papierkorb",
            "geloschte elemente",
            "geloschte objekte",
            "geloscht",
            "smece",
            "otpad",
            "kanta",
            "obrisano",
            "izbrisane stavke",
            "kos za smece",
            "cestino",
            "posta eliminata",
            "elementi eliminati",
            "eliminati",
        ],
    ),
    (
        Role::Junk,
        &[
            "junk",
            "junk e-mail",
            "junk email",
            "junk mail",
            "spam",
            "bulk mail",
            "nezelena posta",
            "nezazelena posta",
            "vsiljena posta",
            "junk-e-mail",
            "spamverdacht",
            "unerwunscht",
            "unerwunschte werbung",
            "nezeljena posta",
            "nezeljena e-posta",
            "bezvrijedna posta",
            "posta indesiderata",
            "indesiderata",
        ],
    ),
    (
        Role::Archive,
        &[
            "archive", "archives", "arhiv", "archiv", "arhiva", "archivio",
        ],
    ),
];

/// Gives roles by name to folders whose role nobody has by special-use yet. Only folders at the top, or right below INBOX
/// where a server keeps all of them there, are considered: `Projects/Sent` is somebody's own.
pub(crate) fn by_name(folders: &mut [RemoteFolder]) {
    for (role, names) in NAMES {
        if folders.iter().any(|f| f.role == Some(role)) {
            continue;
        }
        let best = folders
            .iter_mut()
            .filter(|f| f.selectable && f.role.is_none())
            .filter_map(|f| {
                let name = fold(own_name(f)?);
                let rank = names.iter().position(|n| *n == name)?;
                Some((rank, f))
            })
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, folder)) = best {
            folder.role = Some(role);
        }
    }
}

fn own_name(folder: &RemoteFolder) -> Option<&str> {
    let Some(delimiter) = folder.delimiter else {
        return Some(&folder.path);
    };
    let mut parts = folder.path.split(delimiter);
    let first = parts.next()?;
    let name = match parts.next() {
        None => first,
        Some(second) if first.eq_ignore_ascii_case("INBOX") => second,
        Some(_) => return None,
    };
    parts.next().is_none().then_some(name)
}

fn fold(name: &str) -> String {
    name.trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'č' | 'ć' => 'c',
            'š' => 's',
            'ž' => 'z',
            'đ' => 'd',
            'ä' | 'à' => 'a',
            'ö' | 'ò' => 'o',
            'ü' | 'ù' => 'u',
            'è' | 'é' => 'e',
            'ì' => 'i',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn folder(path: &str) -> RemoteFolder {
        RemoteFolder {
            wire: path.to_owned(),
            path: path.to_owned(),
            delimiter: Some('/'),
            role: None,
            selectable: true,
            status: None,
        }
    }

    #[rstest]
    #[case::english("Sent Items", Some(Role::Sent))]
    #[case::slovenian("Poslano", Some(Role::Sent))]
    #[case::slovenian_trash("Koš", Some(Role::Trash))]
    #[case::slovenian_junk("Neželena pošta", Some(Role::Junk))]
    #[case::slovenian_drafts("Osnutki", Some(Role::Drafts))]
    #[case::slovenian_archive("Arhiv", Some(Role::Archive))]
    #[case::german("Entwürfe", Some(Role::Drafts))]
    #[case::german_trash("Gelöschte Elemente", Some(Role::Trash))]
    #[case::croatian("Smeće", Some(Role::Trash))]
    #[case::italian("Posta indesiderata", Some(Role::Junk))]
    #[case::italian_sent("Posta inviata", Some(Role::Sent))]
    #[case::below_inbox("INBOX/Trash", Some(Role::Trash))]
    #[case::somebodys_own("Projects/Sent", None)]
    #[case::deeper("INBOX/Projects/Sent", None)]
    #[case::unknown("Computers", None)]
    fn recognised(#[case] path: &str, #[case] want: Option<Role>) {
        let mut folders = [folder(path)];
        by_name(&mut folders);
        assert_eq!(folders[0].role, want, "{path}");
    }

    #[test]
    fn special_use_wins_and_a_role_is_given_once() {
        let mut folders = [
            folder("Sent"),
            folder("Poslano"),
            folder("Deleted"),
            folder("Trash"),
        ];
        folders[1].role = by_attribute(b"\\Sent");
        by_name(&mut folders);
        let roles: Vec<_> = folders.iter().map(|f| f.role).collect();
        assert_eq!(
            roles,
            vec![None, Some(Role::Sent), None, Some(Role::Trash)],
            "the server's word, and the more usual name"
        );
    }
}
