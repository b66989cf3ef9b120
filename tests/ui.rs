//! What the real compiler says. The wording of rustc changes with its version, so these run on one;
//! the messages themselves are tested in `nnmacro`, on any.
//!
//! `TRYBUILD=overwrite cargo test --test ui` records what is said now.

#[rustversion::attr(not(stable(1.95)), ignore = "recorded with rustc 1.95")]
#[test]
fn programs_that_compile_and_programs_that_do_not() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
