//! The server's own key: what others entrust to the server, such as the key of an ERP, lies sealed in the database, so that
//! neither the database nor a backup of it gives it away.
//!
//! The key is 32 random bytes in hex in the file `server.key` of the data folder, made when something is first sealed; or,
//! where several nodes share a database, in the environment of each; or, where the server runs inside a program, in the
//! keychain of that computer. For a rotation a new key is put before the old one: the first seals, all of them open.
//!
//! Sealed: a byte for the form, eight that name the key, twelve of nonce, then AES-256-GCM (RFC 5116 5.2) of the secret,
//! bound to its organisation: copied to another one, it does not open.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_protocol::OrgId;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

use crate::core::identity::secret::random;

/// The file in the data folder.
const FILE: &str = "server.key";
/// The form of what this program seals.
const FORM: u8 = 1;
/// Bytes that name a key.
const NAME: usize = 8;
const KEY: usize = 32;

/// Why something could not be sealed or opened. Never holds a key or a secret.
#[derive(Debug, thiserror::Error)]
pub enum SealProblem {
    /// Nothing was ever sealed here, or the file was lost.
    #[error(
        "there is no key of this server in {0}: put back the {FILE} that lay there, or enter the secret again"
    )]
    Missing(PathBuf),
    /// The same where the key lies in a keychain.
    #[error(
        "The keychain of this computer no longer has what opens Metakocka's key. Enter Metakocka's key again; nothing \
         else is lost."
    )]
    Lost,
    /// The keychain does not give or take it; says why.
    #[error("{0}")]
    Keychain(String),
    /// What stands where a key should is none.
    #[error("word {word} in {place} is no key: a key of a server is 64 hex digits")]
    NoKey {
        /// Where it stands.
        place: String,
        /// Counted from 1.
        word: usize,
    },
    /// The file cannot be read or made.
    #[error("{0} cannot be used: {1}")]
    File(PathBuf, std::io::Error),
    /// Another key has sealed it.
    #[error(
        "it was sealed with another key than this server has: add that key to its keys, or enter the secret again"
    )]
    OtherKey,
    /// It was changed, or belongs to another organisation.
    #[error("what is sealed is damaged or another organisation's: enter the secret again")]
    Damaged,
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Randomness,
}

/// The keys of this server. Cheap to clone; prints without them.
#[derive(Clone)]
pub struct Keys(Arc<Place>);

/// Where keys lie; read whenever one is needed: another process may have made or rotated them. All calls may block, a
/// keychain until a person has unlocked it.
pub trait Cabinet: Send + Sync {
    /// What lies there, 64 hex digits a key, apart by white space; `None` where nothing does.
    ///
    /// # Errors
    /// When that cannot be told.
    fn read(&self) -> Result<Option<String>, SealProblem>;

    /// Puts the first key there. Where another process is faster, its key counts.
    ///
    /// # Errors
    /// When it was not kept.
    fn keep(&self, key: &str) -> Result<(), SealProblem>;

    /// What to say where something is sealed and no key is there.
    fn missing(&self) -> SealProblem;

    /// How people find it.
    fn name(&self) -> String;
}

enum Place {
    In(Box<dyn Cabinet>),
    Given(Vec<Key>),
}

/// The data folder of a server.
struct Folder(PathBuf);

struct Key {
    name: [u8; NAME],
    key: LessSafeKey,
}

impl Keys {
    /// Those in the data folder; none is made before it is needed.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self::in_cabinet(Folder(folder.to_owned()))
    }

    /// Those in another place; none is made before it is needed.
    #[must_use]
    pub fn in_cabinet(cabinet: impl Cabinet + 'static) -> Self {
        Self(Arc::new(Place::In(Box::new(cabinet))))
    }

    /// Given ones, 64 hex digits each, apart by white space.
    ///
    /// # Errors
    /// [`SealProblem::NoKey`]; nothing of the text is in it.
    pub fn given(text: &str) -> Result<Self, SealProblem> {
        let keys = read(text, "KONTOR_SERVER_KEY")?;
        Ok(Self(Arc::new(Place::Given(keys))))
    }

    /// Seals a secret of an organisation with the first key; makes one where there is none yet. May block.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn seal(&self, org: OrgId, secret: &str) -> Result<Vec<u8>, SealProblem> {
        let cabinet = match &*self.0 {
            Place::Given(keys) => return seal(keys, org, secret),
            Place::In(cabinet) => cabinet,
        };
        if cabinet.read()?.is_none() {
            let key: [u8; KEY] = random().map_err(|_none| SealProblem::Randomness)?;
            let key: String = key.iter().map(|b| format!("{b:02x}")).collect();
            cabinet.keep(&key)?;
        }
        seal(&those_in(&**cabinet)?, org, secret)
    }

    /// Opens what was sealed for this organisation. May block.
    ///
    /// # Errors
    /// When the key is missing or another, or the bytes are not as they were.
    pub fn open(&self, org: OrgId, sealed: &[u8]) -> Result<String, SealProblem> {
        match &*self.0 {
            Place::Given(keys) => open(keys, org, sealed),
            Place::In(cabinet) => open(&those_in(&**cabinet)?, org, sealed),
        }
    }

    /// As [`Self::seal`], on a thread that may wait.
    ///
    /// # Errors
    /// As there.
    pub async fn seal_apart(&self, org: OrgId, secret: &str) -> Result<Vec<u8>, SealProblem> {
        let (keys, secret) = (self.clone(), secret.to_owned());
        let sealed = tokio::task::spawn_blocking(move || keys.seal(org, &secret)).await;
        sealed.unwrap_or(Err(SealProblem::Damaged))
    }

    /// As [`Self::open`], on a thread that may wait.
    ///
    /// # Errors
    /// As there.
    pub async fn open_apart(&self, org: OrgId, sealed: &[u8]) -> Result<String, SealProblem> {
        let (keys, sealed) = (self.clone(), sealed.to_vec());
        let opened = tokio::task::spawn_blocking(move || keys.open(org, &sealed)).await;
        opened.unwrap_or(Err(SealProblem::Damaged))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Place::In(cabinet) => f.debug_tuple("Keys").field(&cabinet.name()).finish(),
            Place::Given(_) => f.write_str("Keys(***)"),
        }
    }
}

impl Cabinet for Folder {
    fn read(&self) -> Result<Option<String>, SealProblem> {
        let file = self.0.join(FILE);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(SealProblem::File(file, e)),
        }
    }

    /// Whole or not at all, readable by its owner only.
    fn keep(&self, key: &str) -> Result<(), SealProblem> {
        let file = self.0.join(FILE);
        let new = self.0.join(format!("{FILE}.{}", uuid::Uuid::new_v4()));
        let made = write(&new, key).and_then(|()| std::fs::hard_link(&new, &file));
        // It has its own name by now, or nobody wants it.
        drop(std::fs::remove_file(&new));
        match made {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(SealProblem::File(file, e))
            }
            _ => Ok(()),
        }
    }

    fn missing(&self) -> SealProblem {
        SealProblem::Missing(self.0.clone())
    }

    fn name(&self) -> String {
        self.0.join(FILE).display().to_string()
    }
}

fn those_in(cabinet: &dyn Cabinet) -> Result<Vec<Key>, SealProblem> {
    let text = cabinet.read()?.ok_or_else(|| cabinet.missing())?;
    read(&text, &cabinet.name())
}

fn seal(keys: &[Key], org: OrgId, secret: &str) -> Result<Vec<u8>, SealProblem> {
    let first = keys.first().ok_or(SealProblem::OtherKey)?;
    let nonce: [u8; NONCE_LEN] = random().map_err(|_none| SealProblem::Randomness)?;
    let mut inside = secret.as_bytes().to_vec();
    let sealing = first.key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        bound_to(org),
        &mut inside,
    );
    // Only a secret of gigabytes is refused.
    sealing.map_err(|_unspecified| SealProblem::Damaged)?;
    let mut sealed = vec![FORM];
    sealed.extend(first.name);
    sealed.extend(nonce);
    sealed.append(&mut inside);
    Ok(sealed)
}

fn open(keys: &[Key], org: OrgId, sealed: &[u8]) -> Result<String, SealProblem> {
    let damaged = || SealProblem::Damaged;
    let (form, rest) = sealed.split_first().ok_or_else(damaged)?;
    let (name, rest) = rest.split_first_chunk::<NAME>().ok_or_else(damaged)?;
    let (nonce, inside) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
    if *form != FORM {
        return Err(damaged());
    }
    let key = keys.iter().find(|key| key.name == *name);
    let key = key.ok_or(SealProblem::OtherKey)?;
    let mut inside = inside.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let secret = key.key.open_in_place(nonce, bound_to(org), &mut inside);
    let secret = secret.map_err(|_unspecified| damaged())?;
    String::from_utf8(secret.to_vec()).map_err(|_no_text| damaged())
}

fn bound_to(org: OrgId) -> Aad<[u8; 16]> {
    Aad::from(org.0.into_bytes())
}

/// At least one key.
fn read(text: &str, place: &str) -> Result<Vec<Key>, SealProblem> {
    let mut keys = Vec::new();
    for (n, word) in text.split_whitespace().enumerate() {
        keys.push(Key::read(word).ok_or_else(|| SealProblem::NoKey {
            place: place.to_owned(),
            word: n.saturating_add(1),
        })?);
    }
    if keys.is_empty() {
        let place = place.to_owned();
        return Err(SealProblem::NoKey { place, word: 1 });
    }
    Ok(keys)
}

impl Key {
    fn read(word: &str) -> Option<Self> {
        let mut bytes = [0; KEY];
        if word.len() != 2 * KEY || !word.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(word.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        let mut name = [0; NAME];
        let sum = Sha256::new_with_prefix("kontor: name of a key\0").chain_update(bytes);
        for (to, from) in name.iter_mut().zip(sum.finalize()) {
            *to = from;
        }
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?);
        Some(Self { name, key })
    }
}

fn write(file: &Path, key: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    writeln!(out, "{key}")?;
    out.sync_all()
}

#[cfg(test)]
mod tests {
    use kontor_protocol::OrgId;
    use rstest::rstest;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::{Keys, SealProblem};

    const OURS: OrgId = OrgId(Uuid::from_u128(1));
    const THEIRS: OrgId = OrgId(Uuid::from_u128(2));
    const SECRET: &str = "ključ-1234";

    fn given(digits: &[&str]) -> Keys {
        let words: Vec<String> = digits.iter().map(|d| d.repeat(32)).collect();
        Keys::given(&words.join("\n")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_organisation_alone() {
        let keys = given(&["ab"]);
        let sealed = keys.seal(OURS, SECRET).unwrap();
        assert_eq!(keys.open(OURS, &sealed).unwrap(), SECRET);
        let copied = keys.open(THEIRS, &sealed);
        assert!(matches!(copied, Err(SealProblem::Damaged)), "{copied:?}");
        let plain = |bytes: &[u8]| bytes.windows(4).any(|w| SECRET.as_bytes().starts_with(w));
        assert!(!plain(&sealed), "the secret is not to be seen");
        let again = keys.seal(OURS, SECRET).unwrap();
        assert_ne!(again, sealed, "nobody sees that two secrets are the same");
    }

    #[test]
    fn any_byte_that_is_changed_or_missing_is_noticed() {
        let keys = given(&["ab"]);
        let sealed = keys.seal(OURS, SECRET).unwrap();
        for n in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[n] ^= 1;
            assert!(keys.open(OURS, &damaged).is_err(), "byte {n}");
            assert!(keys.open(OURS, &sealed[..n]).is_err(), "{n} bytes of it");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let (old, new) = (given(&["ab"]), given(&["cd"]));
        let both = given(&["cd", "ab"]);
        let before = old.seal(OURS, SECRET).unwrap();
        let after = both.seal(OURS, SECRET).unwrap();
        assert_eq!(both.open(OURS, &before).unwrap(), SECRET);
        assert_eq!(new.open(OURS, &after).unwrap(), SECRET, "the first seals");
        let wrong = new.open(OURS, &before);
        assert!(matches!(wrong, Err(SealProblem::OtherKey)), "{wrong:?}");
    }

    #[rstest]
    #[case::nothing("", 1)]
    #[case::short("abcd", 1)]
    #[case::long(&"a".repeat(66), 1)]
    #[case::no_hex(&"g".repeat(64), 1)]
    #[case::sign(&format!("+1{}", "a".repeat(62)), 1)]
    #[case::second(&format!("{}\n\n{}", "a".repeat(64), "b".repeat(63)), 2)]
    fn what_is_no_key_is_named_by_its_place(#[case] text: &str, #[case] at: usize) {
        let problem = Keys::given(text).unwrap_err();
        let said = problem.to_string();
        assert!(matches!(problem, SealProblem::NoKey { word, .. } if word == at));
        assert!(!said.contains("aaaa"), "no part of a key: {said}");
    }

    #[test]
    fn a_key_is_made_when_it_is_first_needed() {
        let dir = TempDir::new().unwrap();
        let folder = dir.path().join("data");
        let (keys, beside) = (Keys::in_folder(&folder), Keys::in_folder(&folder));
        let missing = keys.open(OURS, b"sealed elsewhere").unwrap_err();
        assert!(matches!(missing, SealProblem::Missing(_)), "{missing}");
        assert!(!folder.exists(), "looking makes nothing");

        let sealed = keys.seal(OURS, SECRET).unwrap();
        assert_eq!(beside.open(OURS, &sealed).unwrap(), SECRET);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let file = folder.join("server.key");
        let before = std::fs::read_to_string(&file).unwrap();
        beside.seal(OURS, SECRET).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "once");
        private(&file);

        // A rotation beside a running server.
        std::fs::write(&file, format!("{}\n{before}", "cd".repeat(32))).unwrap();
        assert_eq!(keys.open(OURS, &sealed).unwrap(), SECRET);
        let renewed = keys.seal(OURS, SECRET).unwrap();
        assert_eq!(given(&["cd"]).open(OURS, &renewed).unwrap(), SECRET);
    }

    #[cfg(unix)]
    fn private(file: &std::path::Path) {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    }

    #[cfg(not(unix))]
    fn private(_: &std::path::Path) {}

    #[test]
    fn processes_that_need_a_key_at_once_come_to_the_same() {
        let dir = TempDir::new().unwrap();
        let seal = || Keys::in_folder(dir.path()).seal(OURS, SECRET).unwrap();
        let sealed: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(seal)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let keys = Keys::in_folder(dir.path());
        for sealed in sealed {
            assert_eq!(keys.open(OURS, &sealed).unwrap(), SECRET);
        }
    }

    #[test]
    fn keys_are_never_printed() {
        let shown = format!("{:?}", given(&["ab"]));
        assert!(!shown.contains("abab"), "{shown}");
    }
}
