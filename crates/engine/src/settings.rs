//! What the person chose for the program, kept in the profile.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};

const NAME: &str = "settings";

/// The choices, with their defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `en`, `sl` or `system`.
    pub language: String,
    /// `light`, `dark` or `system`.
    pub theme: String,
    /// `comfortable` or `compact`.
    pub density: String,
    /// Single keys act.
    pub single_keys: bool,
    /// Seconds a sent mail can be taken back in, 0 to 60.
    pub undo_seconds: u32,
    /// Minutes between full comparisons, 2 to 10.
    pub reconcile_minutes: u32,
    /// Desktop notifications.
    pub notifications: bool,
    /// Notifications show the first words of the mail or note; else only who, and about what.
    pub notification_text: bool,
    /// The team sees the subjects of mails that are answered here, not only that they were.
    pub share_subjects: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            theme: "system".into(),
            density: "comfortable".into(),
            single_keys: true,
            undo_seconds: 10,
            reconcile_minutes: 10,
            notifications: true,
            notification_text: false,
            share_subjects: false,
        }
    }
}

impl Engine {
    /// Returns the choices; what was never chosen is the default.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn settings(&self) -> Result<Settings> {
        self.ctx.settings().await
    }

    /// Keeps the choices.
    ///
    /// # Errors
    /// When a number is out of its range, or the store cannot be written.
    pub async fn set_settings(&self, settings: &Settings) -> Result<()> {
        if !(2..=10).contains(&settings.reconcile_minutes) || settings.undo_seconds > 60 {
            return Err(Error::usage(
                "Comparing runs every 2 to 10 minutes, and a mail can be taken back for 60 seconds at most.",
            ));
        }
        let text = serde_json::to_string(settings).map_err(|e| Error::usage(e.to_string()))?;
        self.ctx.write(move |w| w.set_setting(NAME, &text)).await
    }
}

impl Context {
    pub(crate) async fn settings(self: &std::sync::Arc<Self>) -> Result<Settings> {
        let text = self.read(|r| r.setting(NAME)).await?;
        // Choices of another version that cannot be read are not worth stopping for.
        Ok(text
            .and_then(|t| serde_json::from_str(&t).ok())
            .unwrap_or_default())
    }

    pub(crate) async fn reconcile_every(self: &std::sync::Arc<Self>) -> std::time::Duration {
        if let Some(set) = self.rhythm.reconcile {
            return set;
        }
        let minutes = self.settings().await.unwrap_or_default().reconcile_minutes;
        std::time::Duration::from_mins(u64::from(minutes.clamp(2, 10)))
    }
}
