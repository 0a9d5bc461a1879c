//! The window: commands, events, notifications. The only room that knows Tauri.
