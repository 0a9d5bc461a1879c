//! Bytes to message and back.
