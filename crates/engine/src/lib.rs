//! The app without a window.
