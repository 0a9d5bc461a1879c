//! Images and links: the two elements a mail's safety hangs on.

use html5ever::LocalName;
use html5ever::tendril::StrTendril;

use super::{OpenLink, Verdict, Walk, word};
use crate::html::Link;
use crate::html::dom;
use crate::html::found::{self, note_remote};
use crate::html::hosts::{self, Target};
use crate::html::images::{self, Fate};

impl Walk<'_> {
    pub(super) fn image(&mut self, attributes: &[(LocalName, StrTendril)]) -> Verdict {
        let get = |wanted: &str| {
            attributes
                .iter()
                .find(|(k, _)| &**k == wanted)
                .map(|(_, v)| &**v)
        };
        let source = get("src").filter(|s| !s.trim().is_empty());
        let source = source.or_else(|| get("srcset").and_then(|s| images::candidates(s).next()));
        if let Some(address) = source
            && let Fate::Remote(url) = images::judge(address, self.options)
        {
            let named = images::tracker(&url);
            if named.is_some()
                || found::is_pixel(get("width"), get("height"), get("style"), attributes)
            {
                let name = named.map_or_else(|| found::host_of(&url), str::to_owned);
                note_remote(&mut self.found, url);
                found::note_tracker(&mut self.found, name);
                self.remove("tracking pixel");
                return Verdict::Drop;
            }
        }
        let shown = source.and_then(|s| self.show(s));
        let name = LocalName::from("img");
        let mut more = String::new();
        match (&shown, source) {
            (Some(address), _) => {
                more.push_str(" src=\"");
                dom::escape_attribute(address, &mut more);
                more.push('"');
            }
            (None, Some(address)) => {
                let why = match images::judge(address, self.options) {
                    Fate::Remote(_) => "remote",
                    Fate::Inline => "cid",
                    Fate::Shown(_) | Fate::Unknown(_) => "unknown",
                };
                more = format!(" data-kontor-blocked=\"{why}\"");
            }
            // Blocked in an earlier reading.
            (None, None) => {
                if let Some(why @ ("remote" | "cid" | "unknown")) = get("data-kontor-blocked") {
                    more = format!(" data-kontor-blocked=\"{why}\"");
                }
            }
        }
        let others: Vec<(LocalName, StrTendril)> = attributes
            .iter()
            .filter(|(k, _)| !matches!(&**k, "src" | "srcset" | "data-kontor-blocked"))
            .cloned()
            .collect();
        if let Some(set) = get("srcset") {
            self.resource(set);
        }
        self.open(&name, &others, &more);
        // `img` is void, whatever it was called: nothing to close.
        Verdict::Drop
    }

    pub(super) fn link(
        &mut self,
        name: &LocalName,
        attributes: &[(LocalName, StrTendril)],
    ) -> Verdict {
        let written = attributes
            .iter()
            .find(|(k, _)| &**k == "href")
            .map(|(_, v)| v);
        let mut more = String::new();
        let mut href = String::new();
        match written.map(|h| hosts::target(h)) {
            Some(Target::Kept(address)) => {
                more.push_str(" href=\"");
                dom::escape_attribute(&address, &mut more);
                more.push_str("\" target=\"_blank\"");
                href = address;
            }
            Some(Target::Forbidden(scheme)) => self.remove(&format!("link to {}:", word(&scheme))),
            Some(Target::Nowhere) | None => {}
        }
        let others: Vec<(LocalName, StrTendril)> = attributes
            .iter()
            .filter(|(k, _)| !matches!(&**k, "href" | "target" | "rel" | "data-kontor-lies"))
            .cloned()
            .collect();
        if &**name == "area" {
            if !href.is_empty() {
                let alt = attributes
                    .iter()
                    .find(|(k, _)| &**k == "alt")
                    .map_or("", |(_, v)| v);
                self.found.links.push(Link {
                    text: alt.trim().to_owned(),
                    lies: hosts::lies("", &href),
                    href,
                });
            }
            self.open(name, &others, &more);
            return Verdict::Keep;
        }
        self.open(name, &others, &more);
        self.links.push(OpenLink {
            text: String::new(),
            href,
            mark_at: self.body.len().saturating_sub(1),
        });
        Verdict::Keep
    }

    pub(super) fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        if link.href.is_empty() {
            return;
        }
        let text = link.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let lies = hosts::lies(&text, &link.href);
        if lies {
            self.body
                .insert_str(link.mark_at, " data-kontor-lies=\"host\"");
        }
        self.found.links.push(Link {
            text,
            href: link.href,
            lies,
        });
    }
}
