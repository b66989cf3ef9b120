//! Settings → numbers, where those are known.

use std::collections::BTreeMap;

use crate::ir::expression::Node;
use crate::ir::function::{Function, Program, Role};

/// Writes numbers in place of the settings of these names, of one number or of several that are all the same, and
/// of a choice that they decide the branch.
pub fn replace(program: &mut Program, function: &mut Function, numbers: &BTreeMap<String, f64>) {
    let Program { graph, arrays, .. } = program;
    for statement in &mut function.body {
        statement.value = graph.rebuild(statement.value, |graph, _, node| {
            let number = match &node {
                Node::Select(condition, then, otherwise) => match graph.decided(*condition) {
                    Some(is_true) => return if is_true { *then } else { *otherwise },
                    None => None,
                },
                Node::Setting(name) => numbers.get(&**name),
                Node::Element(access) => {
                    let array = &arrays[access.array.0 as usize];
                    numbers.get(&array.name).filter(|_| array.role == Role::Setting)
                }
                _ => None,
            };
            match number {
                Some(&number) => graph.constant(number),
                None => graph.add(node),
            }
        });
    }
}
