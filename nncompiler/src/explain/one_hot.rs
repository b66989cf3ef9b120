//! Gradients that are scattered to a class → choices among all classes, which is how people write them.

use crate::ir::expression::{Comparison, Node};
use crate::ir::function::{Function, Program, Statement};
use crate::ir::index::{Access, Affine, Index};

/// What is added to the element of a class alone, as what is added to every element: 0 to the others. Their index is
/// called as where forward makes the array.
pub fn write(program: &mut Program, forward: &Function, backward: &mut Function) {
    for statement in &mut backward.body {
        let Some(axis) = chosen(statement) else { continue };
        let array = program.array(statement.target.array);
        let made = array.gradient_of().and_then(|of| forward.writes_of(of).next());
        let index = match made.and_then(|one| one.target.at.get(axis)?.as_index()) {
            Some(index) => program.copy_index(index),
            None => program.add_index(array.axes[axis]),
        };
        spread(program, statement, axis, index);
    }
}

/// The axis of the target along which an integer alone chooses, if each other one has an index of its own.
fn chosen(statement: &Statement) -> Option<usize> {
    let at = &statement.target.at;
    let axis = at.iter().position(Affine::gathers)?;
    let is_chosen = at[axis].terms.is_empty()
        && at[axis].constant == 0
        && matches!(at[axis].gathered[..], [(_, 1)]);
    let mut others = at.iter().enumerate().filter(|(other, _)| *other != axis);
    let adds = statement.reduction.is_none() && statement.accumulate;
    (adds && is_chosen && others.all(|(_, at)| at.as_index().is_some())).then_some(axis)
}

fn spread(program: &mut Program, statement: &mut Statement, axis: usize, index: Index) {
    let Access { array, mut at } = statement.target.clone();
    let class = at[axis].gathered[0].0.clone();
    at[axis] = index.into();
    let graph = &mut program.graph;
    let [position, class] =
        [Node::Position(index), Node::Element(class)].map(|node| graph.add(node));
    let is_it = graph.add(Node::Compare(Comparison::Equal, position, class));
    let zero = graph.constant(0.0);
    statement.value = graph.add(Node::Select(is_it, statement.value, zero));
    statement.target = Access { array, at };
}
