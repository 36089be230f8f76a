//! One file per subcommand, thin: they call the stages and print.

pub mod detect;
