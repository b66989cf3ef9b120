//! The library's own definitions, as if they were a user's: nothing is wrong with them.

use super::messages;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::{parse, resolve};

#[test]
fn no_check_of_definitions_objects_to_the_library() {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let texts = [
        include_str!("../frontend/library/activations.eq"),
        include_str!("../frontend/library/layers.eq"),
        include_str!("../frontend/library/losses.eq"),
        include_str!("../frontend/library/optimizers.eq"),
    ];
    // A user's have different names, which are not those of elementary functions.
    let numbered = texts.concat().lines().enumerate().fold(String::new(), |text, (at, line)| {
        let line = match line.split_once(' ') {
            Some((keyword @ ("layer" | "activation"), rest)) => {
                let rest = rest.replace("], ", &format!("], own{at}_"));
                format!("{keyword} own{at}_{rest}")
            }
            _ => line.to_owned(),
        };
        text + &line + "\n"
    });
    let tree = parse::block(numbered.parse().expect("tokens"), &mut diagnostics);
    resolve::block(tree, &library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new());
}
