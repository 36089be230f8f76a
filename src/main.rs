//! The `breachscope` program: parse, run, exit code.

fn main() {}
