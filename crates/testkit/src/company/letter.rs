//! One mail from words to bytes: MIME as common mail programs write it.

use super::dates::Local;
use super::people::{Lang, Person};
use super::{files, markup};
use crate::mime;

/// A file to attach: its name decides what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) kilobytes: u64,
}

/// Everything that goes into one mail.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Name and address.
    pub(crate) from: (String, String),
    pub(crate) to: Vec<(String, String)>,
    pub(crate) cc: Vec<(String, String)>,
    pub(crate) subject: String,
    /// Unix time.
    pub(crate) at: i64,
    pub(crate) message_id: String,
    /// Message-IDs of the thread so far, oldest first.
    pub(crate) references: Vec<String>,
    /// In the small markup of the thread files.
    pub(crate) body: String,
    pub(crate) lang: Lang,
    pub(crate) html: bool,
    /// Remote pictures in the signature, and one pixel that reports the opening.
    pub(crate) images: u64,
    pub(crate) tracker: bool,
    pub(crate) files: Vec<File>,
    /// Whole header lines to add.
    pub(crate) headers: Vec<String>,
    /// Content-Type and body, where they are no text: takes the place of the words and files.
    pub(crate) content: Option<String>,
}

impl Letter {
    /// An empty letter between two people.
    pub(crate) fn new(from: &Person, to: &[(String, String)], subject: &str, at: i64) -> Self {
        Self {
            from: (from.name.to_owned(), from.address.to_owned()),
            to: to.to_vec(),
            cc: Vec::new(),
            subject: subject.to_owned(),
            at,
            message_id: String::new(),
            references: Vec::new(),
            body: String::new(),
            lang: from.lang,
            html: false,
            images: 0,
            tracker: false,
            files: Vec::new(),
            headers: Vec::new(),
            content: None,
        }
    }

    /// The bytes, with CRLF.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = self.head();
        if let Some(content) = &self.content {
            out.push_str(content);
            return out.into_bytes();
        }
        let text = part(
            "text/plain; charset=utf-8",
            &quoted_printable(&markup::plain(&self.body)),
            "quoted-printable",
        );
        let content = if self.html {
            let html = mime::base64_lines(self.html_document().as_bytes());
            let html = part("text/html; charset=utf-8", &html, "base64");
            multipart("alternative", &self.boundary("alt"), &[text, html])
        } else {
            text
        };
        if self.files.is_empty() {
            out.push_str(&content);
        } else {
            let mut parts = vec![content];
            parts.extend(self.files.iter().map(|f| self.attachment(f)));
            out.push_str(&multipart("mixed", &self.boundary("mix"), &parts));
        }
        out.into_bytes()
    }

    fn head(&self) -> String {
        let list = |people: &[(String, String)]| {
            people
                .iter()
                .map(|(n, a)| mime::mailbox(n, a))
                .collect::<Vec<_>>()
                .join(",\r\n ")
        };
        let mut lines = self.headers.clone();
        lines.push(format!("From: {}", list(std::slice::from_ref(&self.from))));
        lines.push(format!("To: {}", list(&self.to)));
        if !self.cc.is_empty() {
            lines.push(format!("Cc: {}", list(&self.cc)));
        }
        lines.push(format!("Subject: {}", mime::header(&self.subject)));
        lines.push(format!("Date: {}", Local::of(self.at).rfc5322()));
        lines.push(format!("Message-ID: <{}>", self.message_id));
        if let Some(parent) = self.references.last() {
            lines.push(format!("In-Reply-To: <{parent}>"));
            let all: Vec<String> = self.references.iter().map(|r| format!("<{r}>")).collect();
            lines.push(format!("References: {}", all.join("\r\n ")));
        }
        lines.push("MIME-Version: 1.0\r\n".to_owned());
        lines.join("\r\n")
    }

    fn boundary(&self, kind: &str) -> String {
        let id: String = self
            .message_id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(20)
            .collect();
        format!("=_{kind}_{id}")
    }

    fn attachment(&self, file: &File) -> String {
        let stem = file
            .name
            .rsplit_once('.')
            .map_or(file.name.as_str(), |(s, _)| s);
        let (kind, bytes) = match file.name.rsplit('.').next() {
            Some("pdf") => ("application/pdf", files::pdf(stem, file.kilobytes)),
            Some("xlsx") => (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                files::xlsx(stem, file.kilobytes),
            ),
            Some("png") => (
                "image/png",
                files::png(u64::try_from(file.name.len()).unwrap_or(0)),
            ),
            _ => ("text/plain; charset=utf-8", self.body.clone().into_bytes()),
        };
        let plain = if file.name.is_ascii() {
            file.name.clone()
        } else {
            mime::header(&file.name)
        };
        let encoded: String = file.name.bytes().map(percent).collect();
        format!(
            "Content-Type: {kind};\r\n name=\"{plain}\"\r\nContent-Disposition: attachment;\r\n filename*=UTF-8''{encoded}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}",
            mime::base64_lines(&bytes)
        )
    }

    fn html_document(&self) -> String {
        let domain = self.from.1.split_once('@').map_or("", |(_, d)| d);
        let mut tail = String::new();
        for n in 1..=self.images {
            tail.push_str(&format!(
                "<img src=\"https://slike.{domain}/podpis-{n}.png\" width=\"120\" height=\"32\" alt=\"\"> "
            ));
        }
        if self.tracker {
            tail.push_str(&format!(
                "<img src=\"https://odpri.{domain}/o/{}.gif\" width=\"1\" height=\"1\" alt=\"\">",
                self.boundary("t")
            ));
        }
        format!(
            "<!doctype html>\r\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><style>body{{font-size:14px}} \
             table{{border-collapse:collapse;width:100%;margin:0 0 14px}} th{{font-weight:normal}} th,td{{text-align:left;padding:6px 8px 6px 0;border-bottom:1px solid #ddd}} \
             .r{{text-align:right;white-space:nowrap}}</style></head><body>\r\n{}{tail}</body></html>\r\n",
            match self.lang {
                Lang::Sl => "sl",
                Lang::En => "en",
                Lang::De => "de",
            },
            markup::html(&self.body)
        )
    }
}

fn part(kind: &str, body: &str, encoding: &str) -> String {
    format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}")
}

/// Parts between boundaries, with the header that announces them.
pub(crate) fn multipart(kind: &str, boundary: &str, parts: &[String]) -> String {
    let mut out = format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        out.push_str(&format!("--{boundary}\r\n{part}\r\n"));
    }
    out.push_str(&format!("--{boundary}--\r\n"));
    out
}

/// RFC 2231 section 4.
fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// RFC 2045 section 6.7, lines of at most 76 letters, with CRLF.
pub(crate) fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width: usize = 0;
        let bytes = line.as_bytes();
        for (i, byte) in bytes.iter().enumerate() {
            let last = i.saturating_add(1) == bytes.len();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~')
                || (matches!(byte, b' ' | b'\t') && !last);
            let token = if plain {
                char::from(*byte).to_string()
            } else {
                format!("={byte:02X}")
            };
            if width.saturating_add(token.len()) > 75 {
                out.push_str("=\r\n");
                width = 0;
            }
            width = width.saturating_add(token.len());
            out.push_str(&token);
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_keeps_lines_short() {
        assert_eq!(
            quoted_printable("a=b \nč"),
            "a=3Db=20\r\n=C4=8D\r\n",
            "equals, trailing space, UTF-8"
        );
        let long = quoted_printable(&"š".repeat(100));
        assert!(long.lines().all(|l| l.len() <= 76), "RFC 2045: {long}");
    }

    #[test]
    fn names_of_files_are_encoded() {
        let encoded: String = "Naročilo 1.pdf".bytes().map(percent).collect();
        assert_eq!(encoded, "Naro%C4%8Dilo%201.pdf", "RFC 2231");
    }
}
