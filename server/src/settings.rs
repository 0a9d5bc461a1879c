//! What `kontor-server` understands (KONTORCTL.md). Names and fields are fixed: add, don't rename.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand};
use kontor_protocol::Role;
use kontor_server::core::sealing::Keys;
use kontor_server::http::CompanySettings;

use crate::failure::Failure;

/// The file of the embedded database, in the data folder.
const DATABASE: &str = "server.db";
/// The file that tells `admin invite` what the running server is reached by.
const PUBLIC_URL: &str = "public-url";

/// One organisation's shared memory, for Kontor's desks.
#[derive(Debug, Parser)]
#[command(name = "kontor-server", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// The folder of the embedded database; by default under the user's data folder.
    #[arg(
        long, global = true, env = "KONTOR_SERVER_DATA", value_name = "DIR",
        // A variable that is set to nothing is as good as unset; clap's own reader of paths refuses it.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub(crate) data: Option<PathBuf>,
    /// A PostgreSQL database instead: postgres://USER:PASSWORD@HOST/NAME.
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) database_url: Option<String>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more on stderr; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve desks until SIGTERM or SIGINT.
    Serve(ServeArgs),
    /// Set up and look after organisations, also beside a running server.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 picks a free one. Beyond this machine only with TLS.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4747")]
    pub(crate) listen: SocketAddr,
    /// The certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// What desks reach this server by, such as https://team.example.com; by default the address listened on.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) company: CompanyArgs,
}

/// The company's own sign-in, by OpenID Connect.
#[derive(Debug, Args)]
pub(crate) struct CompanyArgs {
    /// Let people sign in by the company's OpenID Connect provider: its URL, exactly as it names itself.
    #[arg(
        long,
        value_name = "URL",
        env = "KONTOR_OIDC_ISSUER",
        requires = "oidc_client_id"
    )]
    pub(crate) oidc_issuer: Option<String>,
    /// What the provider calls this server.
    #[arg(long, value_name = "ID", env = "KONTOR_OIDC_CLIENT_ID")]
    pub(crate) oidc_client_id: Option<String>,
    /// A file with the secret between the two.
    #[arg(long, value_name = "FILE", env = "KONTOR_OIDC_CLIENT_SECRET_FILE")]
    pub(crate) oidc_client_secret_file: Option<PathBuf>,
    /// Believe every address the provider tells, also where it does not say that it is verified.
    #[arg(long, env = "KONTOR_OIDC_TRUST_EMAIL")]
    pub(crate) oidc_trust_email: bool,
    /// Let members with a password change over to the company's sign-in by their verified address.
    #[arg(long, env = "KONTOR_OIDC_LINK")]
    pub(crate) oidc_link: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make an organisation and its first admin.
    CreateOrg {
        /// Its name.
        name: String,
        /// The first admin's address.
        #[arg(long, value_name = "EMAIL")]
        admin: String,
        /// Read the admin's password from one line of stdin.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Invite somebody: a link and a code, usable once within seven days.
    Invite {
        /// The organisation's id or name.
        org: String,
        /// What the invited may do: admin or member.
        #[arg(long, default_value = "member")]
        role: Role,
        /// What desks reach the server by; by default what the running server was told.
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// The organisations with their members and devices.
    List,
    /// Sign a device out.
    Revoke {
        /// Its id, as `admin list` shows it.
        device: String,
    },
    /// Write everything into one file, while the server goes on.
    Backup {
        /// A file that is not there yet.
        file: PathBuf,
    },
    /// Read such a file into an empty database.
    Restore {
        /// The file.
        file: PathBuf,
    },
    /// Look at everything: gaps, checksums, orphaned rows.
    Check,
    /// Connect an organisation to its Metakocka, and see how its mirror fares.
    #[command(subcommand)]
    Crm(CrmCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CrmCommand {
    /// Try a company number and its key, and keep them, the key sealed. The mirror begins by itself.
    Connect {
        /// The organisation's id or name.
        org: String,
        /// Where Metakocka lives: https://main.metakocka.si, or http:// on this machine alone.
        #[arg(long, value_name = "URL")]
        base_url: String,
        /// The company's number there.
        #[arg(long, value_name = "ID")]
        company: String,
        /// Read the company's key from one line of stdin.
        #[arg(long)]
        key_stdin: bool,
    },
    /// Forget the company, its key and all facts; desks forget theirs. Links, merges, notes and the audit log stay.
    Disconnect {
        /// The organisation's id or name.
        org: String,
        /// Also while changes are on their way into Metakocka: nobody can tell then what became of them.
        #[arg(long)]
        anyway: bool,
    },
    /// Enter the secret Metakocka signs its news of stock with, and say where it is to send them. They are taken at once.
    Webhook {
        /// The organisation's id or name.
        org: String,
        /// Read the secret from one line of stdin.
        #[arg(long)]
        secret_stdin: bool,
        /// Take no news any more.
        #[arg(long, conflicts_with = "secret_stdin")]
        off: bool,
    },
    /// How the mirror stands.
    Status {
        /// The organisation's id or name.
        org: String,
    },
    /// Have the mirror look for changes at once, and wait until it has.
    Poll {
        /// The organisation's id or name.
        org: String,
        /// How long to wait.
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        wait: u64,
    },
}

/// Where everything is kept.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

/// The data folder and the database, chosen.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) database: Database,
    /// What seals secrets.
    pub(crate) keys: Keys,
}

/// The environment's keys of the server, for nodes that share a database.
const SERVER_KEY: &str = "KONTOR_SERVER_KEY";

impl Place {
    /// What was named, or the user's data folder. `read` is the environment.
    pub(crate) fn choose(
        cli: &Cli,
        read: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let named = cli.data.clone().filter(|dir| !dir.as_os_str().is_empty());
        let own = || {
            let data = read("XDG_DATA_HOME").filter(|dir| dir.is_absolute());
            let data = data.or_else(|| Some(read("HOME")?.join(".local/share")));
            data.map(|data| data.join("kontor-server"))
        };
        let dir = named.or_else(own).ok_or_else(|| {
            Failure::usage("there is no home folder here: name a folder with --data DIR")
        })?;
        let url = cli.database_url.clone().filter(|url| !url.is_empty());
        let database = match url {
            None => Database::Sqlite(dir.join(DATABASE)),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Database::Postgres(url)
            }
            Some(_) => {
                return Err(Failure::usage(
                    "a database's URL begins with postgres://; without one, SQLite is used",
                ));
            }
        };
        let keys = match read(SERVER_KEY) {
            Some(given) => {
                Keys::given(&given.to_string_lossy()).map_err(|e| Failure::usage(e.to_string()))?
            }
            None => Keys::in_folder(&dir),
        };
        Ok(Self {
            dir,
            database,
            keys,
        })
    }

    /// Remembers what desks reach the server by.
    pub(crate) fn write_public_url(&self, url: &str) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.dir)?;
        let file = self.dir.join(PUBLIC_URL);
        // Whole or not at all: an admin command may be reading.
        let new = file.with_extension("new");
        std::fs::write(&new, format!("{url}\n"))?;
        std::fs::rename(new, file)
    }

    /// What desks reach the server by, as the server said when it began to listen.
    pub(crate) fn public_url(&self) -> Option<String> {
        let url = std::fs::read_to_string(self.dir.join(PUBLIC_URL)).ok()?;
        Some(url.trim().to_owned()).filter(|url| !url.is_empty())
    }
}

impl CompanyArgs {
    /// The company's sign-in, where there is one.
    pub(crate) fn settings(&self) -> Result<Option<CompanySettings>, Failure> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let Some(issuer) = filled(&self.oidc_issuer) else {
            return Ok(None);
        };
        let client_id = filled(&self.oidc_client_id)
            .ok_or_else(|| Failure::usage("--oidc-issuer wants --oidc-client-id beside it"))?;
        let file = self.oidc_client_secret_file.as_deref();
        let client_secret = match file.filter(|file| !file.as_os_str().is_empty()) {
            None => None,
            Some(file) => {
                let secret = std::fs::read_to_string(file).map_err(|e| {
                    Failure::usage(format!("{} cannot be read: {e}", file.display()))
                })?;
                Some(secret.trim().to_owned())
            }
        };
        Ok(Some(CompanySettings {
            issuer,
            client_id,
            client_secret,
            trusts_email: self.oidc_trust_email,
            may_link: self.oidc_link,
        }))
    }
}

impl ServeArgs {
    /// The certificate and its key, where both are named (clap sees to it that both are).
    pub(crate) fn tls(&self) -> Option<(&Path, &Path)> {
        self.tls_cert.as_deref().zip(self.tls_key.as_deref())
    }

    /// Passwords and tokens never cross a network in the clear.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.tls().is_none() && !self.listen.ip().to_canonical().is_loopback() {
            return Err(Failure::usage(format!(
                "{} can be reached by others, and without TLS they could read along: give --tls-cert and --tls-key, or \
                 listen on 127.0.0.1 behind a proxy that speaks TLS and name it with --public-url https://…",
                self.listen
            )));
        }
        let urls = [&self.public_url, &self.company.oidc_issuer];
        urls.into_iter()
            .flatten()
            .try_for_each(|url| check_url(url))
    }

    /// What is wrong with how others are to find this server, though it runs.
    pub(crate) fn doubt(&self) -> Option<String> {
        let everywhere = self.listen.ip().to_canonical().is_unspecified();
        (everywhere && self.public_url.is_none()).then(|| {
            format!(
                "invitations will lead to {}, where nobody finds this server: name it with --public-url https://HOST",
                self.listen
            )
        })
    }
}

/// A URL desks may be sent to.
pub(crate) fn check_url(url: &str) -> Result<(), Failure> {
    let host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.to_owned()
    };
    if let Some(rest) = url.strip_prefix("https://")
        && !host(rest).is_empty()
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Ok(());
    }
    if let Some(rest) = url.strip_prefix("http://") {
        let host = host(rest);
        let name = host
            .rsplit_once(':')
            .map_or(host.as_str(), |(name, _)| name);
        if matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
            return Ok(());
        }
    }
    Err(Failure::usage(format!(
        "“{url}” is no URL for desks: https://HOST, or http:// on this machine alone"
    )))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use rstest::rstest;

    use super::{Cli, Command, Place, check_url};

    #[rstest]
    #[case::default(&["serve"], true)]
    #[case::other_loopback(&["serve", "--listen", "127.8.9.1:0"], true)]
    #[case::loopback_six(&["serve", "--listen", "[::1]:0"], true)]
    #[case::everybody(&["serve", "--listen", "0.0.0.0:4747"], false)]
    #[case::mapped(&["serve", "--listen", "[::ffff:10.0.0.1]:1"], false)]
    #[case::a_proxy_is_on_loopback(
        &["serve", "--listen", "10.0.0.1:1", "--public-url", "https://team.example.com"], false)]
    #[case::proxied(&["serve", "--public-url", "https://team.example.com"], true)]
    #[case::tls(&["serve", "--listen", "0.0.0.0:1", "--tls-cert", "c", "--tls-key", "k"], true)]
    #[case::clear_public(&["serve", "--public-url", "http://team.example.com"], false)]
    fn nobody_reads_along(#[case] words: &[&str], #[case] good: bool) {
        let cli = Cli::try_parse_from([&["kontor-server"], words].concat()).unwrap();
        let Command::Serve(args) = cli.command else {
            panic!("serve is meant")
        };
        assert_eq!(args.check().is_ok(), good, "{words:?}");
    }

    #[rstest]
    #[case::everybody(&["serve", "--listen", "0.0.0.0:1", "--tls-cert", "c", "--tls-key", "k"], true)]
    #[case::everybody_six(&["serve", "--listen", "[::]:1", "--tls-cert", "c", "--tls-key", "k"], true)]
    #[case::named(
        &["serve", "--listen", "0.0.0.0:1", "--tls-cert", "c", "--tls-key", "k", "--public-url", "https://x.example"],
        false)]
    #[case::here(&["serve"], false)]
    fn links_that_lead_nowhere_are_told(#[case] words: &[&str], #[case] doubtful: bool) {
        let cli = Cli::try_parse_from([&["kontor-server"], words].concat()).unwrap();
        let Command::Serve(args) = cli.command else {
            panic!("serve is meant")
        };
        assert_eq!(args.doubt().is_some(), doubtful, "{words:?}");
    }

    #[rstest]
    #[case("https://team.example.com/kontor", true)]
    #[case("http://127.0.0.1:4747", true)]
    #[case("http://[::1]:4747", true)]
    #[case("http://127.0.0.1.example.com", false)]
    #[case("https://", false)]
    #[case("ftp://x", false)]
    fn urls(#[case] url: &str, #[case] good: bool) {
        assert_eq!(check_url(url).is_ok(), good, "{url}");
    }

    #[test]
    fn the_data_folder_is_the_users_own() {
        let cli = Cli::try_parse_from(["kontor-server", "admin", "list", "--json"]).unwrap();
        assert!(cli.json, "--json is taken anywhere");
        let place = |home: &str, xdg: Option<&str>| {
            let read = |name: &str| match name {
                "HOME" => Some(home.into()),
                "XDG_DATA_HOME" => xdg.map(Into::into),
                _ => None,
            };
            Place::choose(&cli, read).unwrap().dir
        };
        assert_eq!(
            place("/home/a", None).to_str(),
            Some("/home/a/.local/share/kontor-server")
        );
        assert_eq!(
            place("/home/a", Some("/x")).to_str(),
            Some("/x/kontor-server")
        );
        assert!(Place::choose(&cli, |_| None).is_err(), "no home, no guess");
        let with_key = |key: &str| {
            let read = |name: &str| match name {
                "HOME" => Some("/home/a".into()),
                "KONTOR_SERVER_KEY" => Some(key.into()),
                _ => None,
            };
            Place::choose(&cli, read)
        };
        let refused = with_key("hunter2").unwrap_err().to_string();
        assert!(refused.contains("KONTOR_SERVER_KEY"), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
        assert!(with_key(&"0".repeat(64)).is_ok());
    }
}
