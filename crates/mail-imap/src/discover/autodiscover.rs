//! Microsoft's "plain old XML" autodiscover, as hosting panels answer it for IMAP and SMTP.

use kontor_model::{Endpoint, Security};
use quick_xml::escape::escape;

use super::{Auth, Candidate, Person, Source, endpoint, host, xml};

/// The request. It carries the whole address, so it goes to the domain's own hosts only.
pub(super) fn request(person: &Person) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\"><Request>\
         <EMailAddress>{}</EMailAddress>\
         <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\
         </AcceptableResponseSchema></Request></Autodiscover>\n",
        escape(person.email.as_str())
    )
}

/// Reads the answer. Exchange's own answer (EXCH, mapiHttp) holds nothing for us and gives nothing.
pub(super) fn candidates(bytes: &[u8], person: &Person) -> Vec<Candidate> {
    let Some(root) = xml::read(bytes).filter(|root| root.name == "Autodiscover") else {
        return Vec::new();
    };
    let account = root
        .child("Response")
        .and_then(|response| response.child("Account"));
    let Some(account) = account else {
        return Vec::new();
    };
    let of_type = |kind: &str| {
        account
            .all("Protocol")
            .filter(|protocol| protocol.text_of("Type").eq_ignore_ascii_case(kind))
            .find_map(|protocol| Some((server(protocol)?, protocol.text_of("LoginName"))))
    };
    let Some((imap, login)) = of_type("IMAP") else {
        return Vec::new();
    };
    vec![Candidate {
        imap,
        smtp: of_type("SMTP").map(|(smtp, _)| smtp),
        username: if login.is_empty() {
            person.email.clone()
        } else {
            login.to_owned()
        },
        auth: vec![Auth::Password],
        source: Source::Autodiscover,
        provider: None,
        confirm: None,
        hint: None,
    }]
}

/// Host, port and protection; `None` for a server without protection.
fn server(protocol: &xml::Element) -> Option<Endpoint> {
    let host = host(protocol.text_of("Server"))?;
    let port: u16 = protocol
        .text_of("Port")
        .parse()
        .ok()
        .filter(|port| *port != 0)?;
    let off = protocol.text_of("SSL").eq_ignore_ascii_case("off");
    let security = match protocol.text_of("Encryption").to_ascii_uppercase().as_str() {
        "SSL" => Security::Tls,
        "TLS" => Security::Starttls,
        "NONE" => return None,
        // "SSL on" is said of STARTTLS ports too; the port tells which is meant.
        _ if off => return None,
        _ if matches!(port, 143 | 587 | 25) => Security::Starttls,
        _ => Security::Tls,
    };
    Some(endpoint(host, port, security))
}

#[cfg(test)]
mod tests {
    use kontor_model::Security;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::Person;
    use super::{candidates, request};

    const HEAD: &str = "<?xml version=\"1.0\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\"><Response xmlns=\"x\"><Account><AccountType>email</AccountType>";
    const TAIL: &str = "</Account></Response></Autodiscover>";

    fn protocol(kind: &str, port: u16, rest: &str) -> String {
        format!(
            "<Protocol><Type>{kind}</Type><Server>mail.example.com</Server><Port>{port}</Port>{rest}</Protocol>"
        )
    }

    #[rstest]
    #[case::tls(993, "<SSL>on</SSL>", Some(Security::Tls))]
    #[case::default_is_on(993, "", Some(Security::Tls))]
    #[case::starttls_by_port(143, "<SSL>on</SSL>", Some(Security::Starttls))]
    #[case::encryption_says(
        1143,
        "<SSL>on</SSL><Encryption>TLS</Encryption>",
        Some(Security::Starttls)
    )]
    #[case::off(143, "<SSL>off</SSL>", None)]
    #[case::none(143, "<Encryption>None</Encryption>", None)]
    #[case::no_port(0, "<SSL>on</SSL>", None)]
    fn protection(#[case] port: u16, #[case] rest: &str, #[case] want: Option<Security>) {
        let person = Person::read("ana@example.com").unwrap();
        let answer = format!(
            "{HEAD}{}{}{TAIL}",
            protocol("IMAP", port, rest),
            protocol("SMTP", 465, "")
        );
        let got = candidates(answer.as_bytes(), &person);
        assert_eq!(
            got.first().map(|c| c.imap.security),
            want,
            "nothing unprotected is ever offered"
        );
        if let Some(found) = got.first() {
            assert_eq!(
                found.smtp.as_ref().map(|e| e.port),
                Some(465),
                "both halves are read"
            );
            assert_eq!(
                found.username, "ana@example.com",
                "without a LoginName it is the address"
            );
        }
    }

    #[test]
    fn exchange_alone_gives_nothing() {
        let person = Person::read("ana@example.com").unwrap();
        let answer = format!("{HEAD}{}{TAIL}", protocol("EXCH", 443, ""));
        assert_eq!(
            candidates(answer.as_bytes(), &person),
            [],
            "there is no IMAP in it"
        );
    }

    #[test]
    fn the_request_escapes_the_address() {
        let person = Person::read("\"a<b&c\"@example.com").unwrap();
        assert!(
            request(&person).contains("a&lt;b&amp;c"),
            "an address cannot break the XML"
        );
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let person = Person::read("ana@example.com").unwrap();
            drop(candidates(&bytes, &person));
        }
    }
}
