//! `kontor-server`, the program.

fn main() {}
