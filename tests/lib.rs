//! End-to-end tests: the real window against the real server.
