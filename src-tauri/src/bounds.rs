//! Where the window may go: nowhere but to its own pages.
//!
//! Mail is shown in frames without script whose links are taken out, so nothing in a mail should navigate at all. This is
//! the wall behind that one: whatever still tries (a form, a refresh, an address dragged into the window) is refused
//! here, and no second window opens. Of what a page may ask for, it gets the microphone and nothing else. Links a person presses go to the browser through [`opens_outside`].

use tauri::webview::{NewWindowResponse, PermissionKind, PermissionResponse};
use tauri::{App, Url, WebviewWindow, WebviewWindowBuilder};

/// The kinds of address a mail may send a person to.
const OUTSIDE: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Makes the window of `tauri.conf.json` (`"create": false` there), which stays within its own pages.
///
/// # Errors
/// When the configuration names no window or the system gives none.
pub(crate) fn window(app: &App) -> anyhow::Result<WebviewWindow> {
    let config = app.config();
    let main = config
        .app
        .windows
        .first()
        .ok_or_else(|| anyhow::anyhow!("tauri.conf.json names no window"))?;
    let server = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    let window = WebviewWindowBuilder::from_config(app, main)?
        .on_navigation(move |url| {
            let own = is_own(url, server.as_ref());
            if !own {
                // Only the kind of address: the rest may tell what the person reads.
                tracing::warn!("a page tried to go to {}: and was stopped", url.scheme());
            }
            own
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_permission_request(|_, kind| may_have(kind))
        .build()?;
    microphones(&window)?;
    Ok(window)
}

/// A voice note needs the microphone, and its button is what asks; frames with mails have no script. Nothing else is needed.
fn may_have(kind: PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Microphone => PermissionResponse::Allow,
        _ => PermissionResponse::Deny,
    }
}

/// WebKitGTK has microphones for pages only where that is switched on.
#[cfg(target_os = "linux")]
fn microphones(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_media_stream(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn microphones(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// True for the app's own pages and the documents they write themselves; `server` is where they come from during
/// development.
fn is_own(url: &Url, server: Option<&Url>) -> bool {
    let origin = |scheme, host| url.scheme() == scheme && url.host_str() == Some(host);
    match url.scheme() {
        // A frame's own document, and the empty one before it.
        "about" => matches!(url.path(), "srcdoc" | "blank"),
        // Linux and macOS have the scheme, Windows a host name for it.
        "tauri" => origin("tauri", "localhost"),
        "http" | "https" if url.host_str() == Some("tauri.localhost") => url.port().is_none(),
        _ => server.is_some_and(|own| own.origin() == url.origin()),
    }
}

/// True for an address that may be handed to the browser, the mail program or the telephone.
pub(crate) fn opens_outside(href: &str) -> bool {
    Url::parse(href).is_ok_and(|url| OUTSIDE.contains(&url.scheme()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_at_home() {
        let server = Url::parse("http://localhost:5173").unwrap();
        for (url, at_home, while_developing) in [
            ("tauri://localhost", true, true),
            ("tauri://localhost/index.html#/inbox/t/7?q=x", true, true),
            ("http://tauri.localhost/#/inbox", true, true),
            ("https://tauri.localhost/", true, true),
            ("about:srcdoc", true, true),
            ("about:blank", true, true),
            ("http://localhost:5173/#/inbox", false, true),
            ("http://localhost:5174/", false, false),
            ("https://localhost:5173/", false, false),
            ("http://tauri.localhost:8080/", false, false),
            ("https://tauri.localhost.evil.example/", false, false),
            ("https://tauri.localhost@evil.example/", false, false),
            ("tauri://elsewhere/", false, false),
            ("https://shop.example/", false, false),
            ("about:config", false, false),
            ("file:///etc/passwd", false, false),
            ("data:text/html,<p>hello", false, false),
            ("blob:tauri://localhost/1", false, false),
            ("javascript:alert(1)", false, false),
            // Pictures of mails are pictures, never a page.
            ("kontor-part://localhost/7/cid/logo", false, false),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(is_own(&parsed, None), at_home, "{url}");
            assert_eq!(
                is_own(&parsed, Some(&server)),
                while_developing,
                "{url} while developing"
            );
        }
    }

    #[test]
    fn only_what_a_mail_may_link_to_is_opened() {
        for (href, opens) in [
            ("https://shop.example/order?n=7", true),
            ("HTTP://shop.example", true),
            ("mailto:ana@hrastvijak.example", true),
            ("tel:+38641000000", true),
            ("  https://shop.example/ ", true),
            ("javascript:alert(1)", false),
            ("java\nscript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("smb://server/share", false),
            ("data:text/html,x", false),
            ("tauri://localhost/", false),
            ("ms-msdt:/id", false),
            ("/etc/passwd", false),
            ("shop.example", false),
            ("", false),
        ] {
            assert_eq!(opens_outside(href), opens, "{href:?}");
        }
    }
}
