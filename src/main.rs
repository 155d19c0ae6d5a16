//! The program `cordee`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    cordee::cli::main()
}
