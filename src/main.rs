//! The `doorkey` program.
fn main() {}
