//! Where a team's server is, read from what people paste: links, codes, addresses.

use reqwest::Url;

use crate::error::{Error, Result};

/// A server and, where a link was given, the invitation's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invited {
    /// `https://HOST[:PORT]` or, on this computer, `http://127.0.0.1:PORT`; no path, no slash at the end.
    pub(super) server: String,
    /// What is behind `/join/`.
    pub(super) code: String,
}

/// Reads `URL/join/CODE`, or a bare code with the server beside it.
///
/// # Errors
/// Says what is missing, or that the line would not be encrypted.
pub(super) fn invitation(link: &str, server: Option<&str>) -> Result<Invited> {
    let link = link.trim();
    if !link.contains("://") {
        let Some(server) = server else {
            return Err(Error::usage(
                "A code alone does not say where the team's server is. Name it with --server URL, or use the whole link.",
            ));
        };
        if link.is_empty() {
            return Err(Error::usage("The invitation's code is empty."));
        }
        let server = origin(&parsed(server)?)?;
        return Ok(Invited {
            server,
            code: link.to_owned(),
        });
    }
    let url = parsed(link)?;
    let code = url
        .path_segments()
        .into_iter()
        .flatten()
        .skip_while(|segment| *segment != "join")
        .nth(1)
        .filter(|code| !code.is_empty());
    let Some(code) = code else {
        return Err(Error::usage(format!(
            "“{link}” is not an invitation: its address ends with /join/ and a code."
        )));
    };
    let server = match server {
        Some(named) => origin(&parsed(named)?)?,
        None => origin(&url)?,
    };
    Ok(Invited {
        server,
        code: code.to_owned(),
    })
}

fn parsed(text: &str) -> Result<Url> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    Url::parse(&whole).map_err(|e| {
        Error::usage(format!(
            "“{text}” is not a server's address ({e}). It looks like https://team.example.com."
        ))
    })
}

/// Scheme, host and port. Only TLS leaves this computer.
fn origin(url: &Url) -> Result<String> {
    let Some(host) = url.host_str() else {
        return Err(Error::usage(format!("“{url}” names no server.")));
    };
    let secure = match url.scheme() {
        "https" | "wss" => true,
        "http" | "ws" => false,
        other => {
            return Err(Error::usage(format!(
                "A team's server is reached by https://, not {other}://."
            )));
        }
    };
    if !secure && !is_here(url) {
        return Err(Error::usage(format!(
            "The line to {host} would not be encrypted: use https://. Plain http:// is for a server on this computer only."
        )));
    }
    let scheme = if secure { "https" } else { "http" };
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    Ok(format!("{scheme}://{host}{port}"))
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::invitation;

    #[rstest]
    #[case::link("https://team.example.com/join/ABCD-EFGH", None, Some(("https://team.example.com", "ABCD-EFGH")))]
    #[case::link_with_port("https://team.example.com:8443/join/A", None, Some(("https://team.example.com:8443", "A")))]
    #[case::on_this_computer("http://127.0.0.1:9000/join/A", None, Some(("http://127.0.0.1:9000", "A")))]
    #[case::on_this_computer_v6("http://[::1]:9000/join/A", None, Some(("http://[::1]:9000", "A")))]
    #[case::other_server_for_a_link("https://a.example/join/A", Some("https://b.example"), Some(("https://b.example", "A")))]
    #[case::code(" A-B ", Some("https://team.example.com/"), Some(("https://team.example.com", "A-B")))]
    #[case::code_and_socket("A", Some("ws://localhost:9000"), Some(("http://localhost:9000", "A")))]
    #[case::bare_host("A", Some("team.example.com"), Some(("https://team.example.com", "A")))]
    #[case::code_alone("A", None, None)]
    #[case::no_code("https://team.example.com/join/", None, None)]
    #[case::no_join("https://team.example.com/A", None, None)]
    #[case::not_encrypted("http://team.example.com/join/A", None, None)]
    #[case::looks_local("http://127.0.0.1.example.com/join/A", None, None)]
    #[case::other_scheme("ftp://127.0.0.1/join/A", None, None)]
    fn invitations_are_read(
        #[case] link: &str,
        #[case] server: Option<&str>,
        #[case] want: Option<(&str, &str)>,
    ) {
        let read = invitation(link, server).ok();
        assert_eq!(
            read.as_ref().map(|i| (i.server.as_str(), i.code.as_str())),
            want,
            "{link} {server:?}"
        );
    }
}
