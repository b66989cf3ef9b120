//! Writes the words of `network!` down as documented items: what `tapeless::language` includes.

use std::path::Path;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = std::env::var_os("OUT_DIR").ok_or(std::io::ErrorKind::NotFound)?;
    std::fs::write(Path::new(&folder).join("language.rs"), nncompiler::pipeline::language())
}
