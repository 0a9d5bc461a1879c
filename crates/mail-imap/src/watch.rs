//! Waiting for news: IDLE (RFC 2177), and NOTIFY (RFC 5465) for every folder at once.

use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Result};
use kontor_model::Millis;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::ImapProvider;
use crate::answer::{Answer, Condition};
use crate::changes::Opening;
use crate::command::Command;
use crate::folders::same_folder;
use crate::mutf7;
use crate::session::Tag;

/// A server that ends an IDLE sooner than this by itself would be asked again without end.
const SHORTEST: Duration = Duration::from_secs(2);

/// Why one IDLE is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// Time for the next one.
    Renewal,
    /// We were told to stop, or nobody listens any more.
    Stopped,
    /// The server ended it by itself.
    Ended,
    /// NOTIFY lost count and switched itself off (RFC 5465 §5.8).
    Overflow,
}

/// What an answer during IDLE means.
#[derive(Clone, Debug, PartialEq, Eq)]
enum News {
    Nothing,
    /// In the selected folder.
    Here,
    /// In the folder with this wire name.
    There(String),
    /// More than the server could keep count of.
    Overflow,
}

impl ImapProvider {
    pub(crate) async fn watch_folder(
        &mut self,
        wire: &str,
        pokes: &mpsc::Sender<Poke>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<()> {
        if !self.session.caps.has("IDLE") {
            return Err(Fault::Refused(
                "The server does not announce new mail by itself; Kontor looks regularly instead."
                    .to_owned(),
            ));
        }
        self.select(wire, Opening::Plain).await?;
        let mut all = self.options.notify && self.notify().await?;
        // What came between the last look and this line has been announced to nobody.
        let mut news = Some(self.session.wire.at());
        loop {
            let tag = self.session.begin_idle().await?;
            if !self.session.agreed(tag).await? {
                let outcome = self.session.outcome(tag)?;
                return Err(outcome.fault("announce new mail"));
            }
            if std::mem::take(&mut self.session.heard.stirred) {
                news = news.or(Some(self.session.wire.at()));
            }
            if let Some(at) = news.take()
                && !poke_here(pokes, wire, at).await
            {
                self.session.end_idle().await?;
                return self.finish_idle(tag).await;
            }
            let began = Instant::now();
            let over = self.idle(tag, wire, pokes, stop).await?;
            if over != Over::Ended {
                self.session.end_idle().await?;
            }
            self.finish_idle(tag).await?;
            if over == Over::Ended && began.elapsed() < SHORTEST {
                return Err(Fault::Refused(
                    "The server stops announcing new mail at once; Kontor looks regularly instead."
                        .to_owned(),
                ));
            }
            match over {
                Over::Stopped => return Ok(()),
                Over::Overflow if all => all = self.notify().await?,
                Over::Overflow | Over::Renewal | Over::Ended => {}
            }
            if !self.pass_alerts(pokes).await {
                return Ok(());
            }
        }
    }

    /// Switches notifications of all folders on; false where the server does not want to.
    async fn notify(&mut self) -> Result<bool> {
        let caps = &self.session.caps;
        if !caps.has("NOTIFY") || self.session.quirks.no_notify {
            return Ok(false);
        }
        let command = Command::new(
            "NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange)) \
             (PERSONAL (MessageNew MessageExpunge FlagChange))",
        );
        let outcome = self.session.run(command, |_| ()).await?;
        if !outcome.is_ok() {
            tracing::debug!(why = %outcome.text, "NOTIFY refused");
        }
        Ok(outcome.is_ok())
    }

    /// Listens until something ends it.
    async fn idle(
        &mut self,
        tag: Tag,
        wire: &str,
        pokes: &mpsc::Sender<Poke>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Over> {
        let renewal = Instant::now().checked_add(self.options.idle_renewal);
        let renewal = renewal.unwrap_or_else(Instant::now);
        // The line itself is guarded by keep-alive probes; the renewal is the question a silent server must answer.
        let patience = self.options.idle_renewal.saturating_mul(2);
        let mut here: Option<Millis> = None;
        loop {
            // What has not been passed on yet is not forgotten when this IDLE ends.
            self.session.heard.stirred = here.is_some();
            let news = tokio::select! {
                biased;
                () = stopped(stop) => return Ok(Over::Stopped),
                () = sleep_until(renewal) => return Ok(Over::Renewal),
                answer = self.session.answer(patience) => meaning(&answer?, wire),
            };
            let at = self.session.wire.at();
            match news {
                News::Nothing => {}
                News::Here => here = here.or(Some(at)),
                News::There(other) => {
                    if pokes.send(Poke::Folder { wire: other, at }).await.is_err() {
                        return Ok(Over::Stopped);
                    }
                }
                News::Overflow => return Ok(Over::Overflow),
            }
            if !self.pass_alerts(pokes).await {
                return Ok(Over::Stopped);
            }
            // EXISTS and RECENT come together: one reason to look is enough.
            if !self.session.wire.has_next()
                && let Some(at) = here.take()
                && !poke_here(pokes, wire, at).await
            {
                return Ok(Over::Stopped);
            }
            if self.session.has_ended(tag) {
                return Ok(Over::Ended);
            }
        }
    }

    /// Reads up to the end of an IDLE.
    async fn finish_idle(&mut self, tag: Tag) -> Result<()> {
        while !self.session.has_ended(tag) {
            self.session.answer(self.options.idle_ending).await?;
        }
        let outcome = self.session.outcome(tag)?;
        outcome.ok("announce new mail").map(drop)
    }

    async fn pass_alerts(&mut self, pokes: &mpsc::Sender<Poke>) -> bool {
        for alert in std::mem::take(&mut self.session.heard.alerts) {
            if pokes.send(Poke::Alert(alert)).await.is_err() {
                return false;
            }
        }
        true
    }
}

async fn poke_here(pokes: &mpsc::Sender<Poke>, wire: &str, at: Millis) -> bool {
    let wire = wire.to_owned();
    pokes.send(Poke::Folder { wire, at }).await.is_ok()
}

/// Resolves once we are told to stop, or nobody could tell us any more.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means the sender is gone, and with it whoever wanted the news.
    let _told = stop.wait_for(|s| *s).await.map(|_| ());
}

fn meaning(answer: &Answer<'_>, wire: &str) -> News {
    match answer {
        Answer::Exists(_) | Answer::Expunge(_) | Answer::Vanished(false, _) | Answer::Fetch(_) => {
            News::Here
        }
        Answer::Counters(name, _) if same_folder(name, wire) => News::Here,
        Answer::Counters(name, _) => match std::str::from_utf8(name) {
            Ok(name) if name.eq_ignore_ascii_case("INBOX") => News::There("INBOX".to_owned()),
            Ok(name) => News::There(mutf7::as_wire(name)),
            Err(_) => News::Nothing,
        },
        Answer::Status(Condition::Ok | Condition::No, Some(code), _)
            if code.is("NOTIFICATIONOVERFLOW") =>
        {
            News::Overflow
        }
        _ => News::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("* 11 EXISTS", News::Here)]
    #[case("* 1 RECENT", News::Nothing)]
    #[case("* 3 EXPUNGE", News::Here)]
    #[case("* VANISHED 405", News::Here)]
    #[case("* 4 FETCH (FLAGS (\\Seen))", News::Here)]
    #[case("* STATUS Archive (MESSAGES 3 UIDNEXT 4)", News::There("Archive".to_owned()))]
    #[case("* STATUS inbox (MESSAGES 3 UIDNEXT 4)", News::Here)]
    #[case("* OK Still here", News::Nothing)]
    #[case("* OK [NOTIFICATIONOVERFLOW] lost count", News::Overflow)]
    #[case("* NAMESPACE NIL NIL NIL", News::Nothing)]
    fn answers_mean(#[case] line: &str, #[case] want: News) {
        assert_eq!(
            meaning(&Answer::parse(line.as_bytes()), "INBOX"),
            want,
            "{line}"
        );
    }
}
