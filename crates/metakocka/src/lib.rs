//! Typed client of Metakocka. Knows nothing of Kontor.
