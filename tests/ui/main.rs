//! What the real compiler says about mistakes. The wording of rustc changes with its version, so these
//! run on one; the messages themselves are tested in `nncompiler`, on any.
//!
//! `TRYBUILD=overwrite cargo test --test ui` records what is said now. The programs are checked and
//! not built, since none of them compiles: `forms.rs` and `strict.rs`, beside this folder, are
//! programs that do.

#[rustversion::attr(not(stable(1.95)), ignore = "recorded with rustc 1.95")]
#[test]
fn mistakes_are_compile_errors() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
