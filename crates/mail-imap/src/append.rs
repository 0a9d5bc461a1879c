//! Filing a message: sent copies, drafts (RFC 3501 §6.3.11, UIDPLUS, LITERAL+).

use kontor_mail::provider::Result;
use kontor_model::{Flags, Millis};

use crate::apply::{appenduid, wants_creating};
use crate::command::Command;
use crate::fault::Outcome;
use crate::{ImapProvider, date};

impl ImapProvider {
    pub(crate) async fn file_message(
        &mut self,
        wire: &str,
        flags: &Flags,
        at: Millis,
        raw: &[u8],
    ) -> Result<Option<(u32, u32)>> {
        self.session.ready().await?;
        let mut outcome = self.append_once(wire, flags, at, raw).await?;
        if wants_creating(&outcome) {
            self.make_folder(wire).await?;
            outcome = self.append_once(wire, flags, at, raw).await?;
        }
        let outcome = outcome.ok("file the message")?;
        let said = outcome.code == "APPENDUID";
        Ok(said.then(|| appenduid(&outcome.args)).flatten())
    }

    async fn append_once(
        &mut self,
        wire: &str,
        flags: &Flags,
        at: Millis,
        raw: &[u8],
    ) -> Result<Outcome> {
        let names: Vec<String> = flags.names();
        let command = Command::new("APPEND ")
            .string(wire)
            .text(&format!(" ({}) \"{}\" ", names.join(" "), date::format(at)))
            .literal(raw);
        self.session.run(command, |_| ()).await
    }
}
