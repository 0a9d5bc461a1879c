//! What a reading remembers of images: shown, blocked, tracking.

use html5ever::LocalName;
use html5ever::tendril::StrTendril;

use super::Options;
use super::clean::Found;
use super::images::{self, Fate};

/// More kinds of removed things than this are not told apart.
pub(super) const MOST_REMOVED: usize = 64;

/// Images and trackers beyond so many are neither told nor shown: each is compared with all before it.
const MOST_REMOTE: usize = 1000;

/// Decides about one image, background or `url()`, and notes it.
pub(super) fn decide(address: &str, options: &Options, found: &mut Found) -> Option<String> {
    match images::judge(address, options) {
        Fate::Shown(address) => Some(address),
        Fate::Remote(url) => {
            if images::tracker(&url).is_some() {
                let name = images::tracker(&url).unwrap_or_default().to_owned();
                note_tracker(found, name);
                note_remote(found, url);
                return None;
            }
            let shown = images::shown(&url, options);
            if found.remote.len() >= MOST_REMOTE && !found.remote.contains(&url) {
                return None;
            }
            let new = note_remote(found, url);
            if shown.is_none() && new {
                found.blocked = found.blocked.saturating_add(1);
            }
            shown
        }
        Fate::Inline | Fate::Unknown(_) => None,
    }
}

/// Remembers an address; false when it was known.
pub(super) fn note_remote(found: &mut Found, url: String) -> bool {
    if found.remote.len() >= MOST_REMOTE || found.remote.contains(&url) {
        return false;
    }
    found.remote.push(url);
    true
}

/// Remembers a tracker by name.
pub(super) fn note_tracker(found: &mut Found, name: String) {
    if found.trackers.len() < MOST_REMOTE && !found.trackers.contains(&name) {
        found.trackers.push(name);
    }
}

pub(super) fn host_of(url: &str) -> String {
    ammonia::url::Url::parse(url)
        .ok()
        .and_then(|u| u.host_str().map(str::to_owned))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Too small or too hidden to be seen.
pub(super) fn is_pixel(
    width: Option<&str>,
    height: Option<&str>,
    style: Option<&str>,
    attributes: &[(LocalName, StrTendril)],
) -> bool {
    let style = style.unwrap_or("").to_ascii_lowercase();
    let declared = |name: &str| {
        style.split(';').find_map(|d| {
            let (key, value) = d.split_once(':')?;
            (key.trim() == name).then(|| {
                value
                    .trim()
                    .trim_end_matches("!important")
                    .trim()
                    .to_owned()
            })
        })
    };
    let hidden = declared("display").as_deref() == Some("none")
        || declared("visibility").as_deref() == Some("hidden")
        || declared("opacity").is_some_and(|v| v.parse::<f32>().is_ok_and(|o| o < 0.05))
        || attributes.iter().any(|(k, _)| &**k == "hidden");
    let small = |attribute: Option<&str>, property: &str| {
        let value = declared(property).or_else(|| attribute.map(|a| a.trim().to_owned()))?;
        let digits = value.trim_end_matches("px").trim();
        digits.parse::<f32>().ok().map(|px| px <= 2.0)
    };
    let sizes = (small(width, "width"), small(height, "height"));
    hidden || matches!(sizes, (Some(true), Some(true)))
}
