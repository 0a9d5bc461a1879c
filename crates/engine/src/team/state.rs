//! How the line to the team's server fares, and who is there: written by the process that holds it, read by all.

use std::sync::Arc;

use jiff::Timestamp;
use kontor_collab::{Collab, Queue, Team};
use kontor_protocol::{DeviceId, MemberPresence, Presence};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::Result;

const LINK: &str = "team.link";
const PRESENCE: &str = "team.presence";
const SELF: &str = "team.self";

/// How the line fares, in words a person understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamState {
    /// There is no team.
    Alone,
    /// A connection is being made.
    Connecting,
    /// What colleagues write is here at once.
    Live,
    /// No network, no server, or no program that talks to it.
    #[default]
    Offline,
    /// Nothing goes on until the person acts.
    NeedsYou,
}

impl TeamState {
    /// As printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Offline => "offline",
            Self::NeedsYou => "needs_you",
        }
    }
}

/// What the holder of the line tells about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkShown {
    /// How it fares.
    pub state: TeamState,
    /// Why, where it does not work.
    pub why: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The last ping's way there and back, in milliseconds.
    pub latency_ms: Option<f64>,
    /// How often the line was made anew since the program started.
    pub reconnects: u64,
    /// Changes the server took from here since the program started.
    #[serde(default)]
    pub sent: u64,
    /// Changes that came from the server since the program started.
    #[serde(default)]
    pub received: u64,
    /// How often the line broke, could not be made, or a change was refused, since the program started.
    #[serde(default)]
    pub errors: u64,
    /// The last of these.
    #[serde(default)]
    pub last_error: Option<LinkError>,
    /// Whose line it is. What was said of a membership that is over says nothing of the next.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

/// What went wrong on the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkError {
    /// When.
    pub at: Timestamp,
    /// What, in a sentence.
    pub what: String,
}

/// Everything about the team that is not its content.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamStatus {
    /// The line.
    pub link: LinkShown,
    /// The membership; `None` when alone.
    pub team: Option<Team>,
    /// What the server does not have yet; alone, what the one inside this program does not have.
    pub queue: Queue,
    /// How far the server was read, and the last event known to exist there; alone, of the one inside this program.
    pub reached: (u64, u64),
}

impl Context {
    /// Reads what the holder of the line said last. When nobody holds it, it is offline, whatever was said.
    pub(super) async fn link(self: &Arc<Self>, team: &Team) -> Result<LinkShown> {
        let said = self.said::<LinkShown>(LINK).await?;
        let of_now = said.device == Some(team.device);
        if self.profile.team_claim_is_free()? {
            return Ok(LinkShown {
                state: TeamState::Offline,
                why: Some("Nothing runs that talks to the team's server.".into()),
                latency_ms: None,
                ..said
            });
        }
        if !of_now {
            return Ok(LinkShown {
                state: TeamState::Connecting,
                ..LinkShown::default()
            });
        }
        Ok(said)
    }

    /// Alone there is no line to tell of, except why what is written does not get into its second file.
    async fn link_alone(self: &Arc<Self>) -> Result<LinkShown> {
        let said = self.said::<LinkShown>(LINK).await?;
        let why = said.why.filter(|_| said.state == TeamState::Alone);
        Ok(LinkShown {
            state: TeamState::Alone,
            why,
            ..LinkShown::default()
        })
    }

    pub(super) async fn tell_link(&self, shown: &LinkShown) {
        self.tell(LINK, shown).await;
    }

    pub(super) async fn presence(self: &Arc<Self>) -> Result<Vec<MemberPresence>> {
        self.said(PRESENCE).await
    }

    pub(super) async fn tell_presence(&self, members: &[MemberPresence]) {
        self.tell(PRESENCE, &members).await;
    }

    /// What the person wants to be seen as.
    pub(super) async fn own_presence(self: &Arc<Self>) -> Result<Option<Presence>> {
        self.said(SELF).await
    }

    pub(super) async fn set_own_presence(&self, presence: &Presence) -> Result<()> {
        let text = serde_json::to_string(presence).unwrap_or_default();
        self.put_said(SELF, text).await
    }

    /// Like [`Self::set_own_presence`], several times a second: nothing here is to be shown anew for it.
    pub(super) async fn set_own_caret(&self, presence: &Presence) -> Result<()> {
        let text = serde_json::to_string(presence).unwrap_or_default();
        self.write(move |w| w.set_setting(SELF, &text)).await
    }

    async fn said<T>(self: &Arc<Self>, name: &'static str) -> Result<T>
    where
        T: Default + serde::de::DeserializeOwned,
    {
        let text = self.read(move |r| r.setting(name)).await?;
        // What another version wrote says nothing; the next word of the line's holder will.
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    async fn put_said(&self, name: &'static str, text: String) -> Result<()> {
        self.write(move |w| {
            w.touch_presence();
            w.set_setting(name, &text)
        })
        .await
    }

    async fn tell(&self, name: &'static str, value: &(impl Serialize + Sync)) {
        let text = serde_json::to_string(value).unwrap_or_default();
        if let Err(e) = self.put_said(name, text).await {
            tracing::warn!("{name} cannot be kept: {e}");
        }
    }
}

/// Puts the status together.
pub(super) async fn status(ctx: &Arc<Context>, collab: &Collab) -> Result<TeamStatus> {
    let team = collab.team()?;
    let queue = collab.queue()?;
    let (link, reached) = match &team {
        Some(team) => (ctx.link(team).await?, (team.cursor, team.head)),
        None => {
            let within = collab.within()?;
            let reached = within.map_or((0, 0), |within| (within.cursor, within.head));
            (ctx.link_alone().await?, reached)
        }
    };
    Ok(TeamStatus {
        link,
        team,
        queue,
        reached,
    })
}
