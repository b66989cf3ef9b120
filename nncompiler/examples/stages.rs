//! Prints what each stage of the compiler makes of the networks and losses in a file.
//!
//! ```text
//! cargo run -p nncompiler --example stages -- FILE [STAGE]
//! ```
//!
//! FILE is a Rust file with `network!` blocks, or holds what stands between the braces of one; `-` is
//! the standard input. STAGE is a stage's name, a function's name or both (`backward/tiled`); without it,
//! all stages are printed.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

use nncompiler::stages::{Stage, stages};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), wanted) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: stages FILE [STAGE]");
        return Ok(ExitCode::FAILURE);
    };
    let all = match stages(&read(&file)?) {
        Ok(all) => all,
        Err(messages) => {
            for message in messages {
                eprintln!("error: {message}");
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let is_wanted = |stage: &&Stage| wanted.as_deref().is_none_or(|wanted| is(stage, wanted));
    let chosen: Vec<&Stage> = all.iter().filter(is_wanted).collect();
    if chosen.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for name in all.iter().map(path) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        eprintln!("no such stage; there are {}", names.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    match print(&chosen) {
        // Whoever read this has seen enough: `… | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        outcome => Ok(outcome.map(|()| ExitCode::SUCCESS)?),
    }
}

fn print(stages: &[&Stage]) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for stage in stages {
        let text = formatted(stage).map_err(std::io::Error::other)?;
        writeln!(output, "──── {}: {}\n{text}", stage.of, path(stage))?;
    }
    Ok(())
}

fn read(file: &str) -> std::io::Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// `backward/tiled`, or the stage alone where it is that of all functions.
fn path(stage: &Stage) -> String {
    match stage.function.as_str() {
        "" => stage.name.clone(),
        function => format!("{function}/{}", stage.name),
    }
}

fn is(stage: &Stage, wanted: &str) -> bool {
    [&stage.name, &stage.function, &path(stage)].iter().any(|name| *name == wanted)
}

/// Rust as rustfmt would write it; the text of other stages as it is.
fn formatted(stage: &Stage) -> syn::Result<String> {
    if stage.name == "rust" {
        return Ok(prettyplease::unparse(&syn::parse_str(&stage.text)?));
    }
    Ok(stage.text.clone())
}
