//! What a reduction passes on: of a maximum the first value that it is, of a product the others.

use crate::ir::expression::{Binary, Comparison, Id, Node};
use crate::ir::function::{Program, Statement};
use crate::ir::index::{Access, BATCH_SIZE, Extent, Index, OUTPUTS_SIZE};
use crate::ir::reduction::Reduction;

/// `seed` where a value is the first that the maximum or minimum is, else 0; and the statement that
/// finds the first. If one is NaN, the result is, and the first such is it, which is equal to none.
pub fn to_first_chosen(program: &mut Program, statement: &Statement, seed: Id) -> (Statement, Id) {
    let position = position(program, statement.bound());
    let graph = &mut program.graph;
    let chosen = graph.element(statement.target.clone());
    let is_chosen = graph.add(Node::Compare(Comparison::Equal, statement.value, chosen));
    let infinity = graph.constant(f64::INFINITY);
    let is_number = graph.add(Node::Compare(Comparison::Equal, statement.value, statement.value));
    let otherwise = graph.add(Node::Select(is_number, infinity, position));
    let candidate = graph.add(Node::Select(is_chosen, position, otherwise));
    let finding = beside(program, statement, "first", Reduction::Min, candidate);
    let graph = &mut program.graph;
    let (first, zero) = (graph.element(finding.target.clone()), graph.constant(0.0));
    let is_first = graph.add(Node::Compare(Comparison::Equal, position, first));
    (finding, graph.add(Node::Select(is_first, seed, zero)))
}

/// Where a reduction stands: its indices as one number, the last one running fastest.
fn position(program: &mut Program, indices: &[Index]) -> Id {
    let mut position: Option<Id> = None;
    for &index in indices {
        let extent = program.extent(index);
        let graph = &mut program.graph;
        let here = graph.add(Node::Position(index));
        position = Some(match position {
            None => here,
            Some(before) => {
                let size = match extent {
                    Extent::Fixed(size) => graph.constant(size as f64),
                    Extent::Batch => graph.add(Node::Setting(BATCH_SIZE.into())),
                    Extent::Outputs => graph.add(Node::Setting(OUTPUTS_SIZE.into())),
                };
                let before = graph.binary(Binary::Multiply, before, size);
                graph.binary(Binary::Add, before, here)
            }
        });
    }
    position.unwrap_or_else(|| program.graph.constant(0.0))
}

/// seed·∂product/∂value for one factor, and the statements that it needs: seed·product/value, but
/// where the value is 0 the seed times the others, which is 0 as well if another one is.
pub fn to_factor(program: &mut Program, statement: &Statement, seed: Id) -> ([Statement; 2], Id) {
    use Binary::{Divide, Multiply};
    let graph = &mut program.graph;
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let is_zero = graph.add(Node::Compare(Comparison::Equal, statement.value, zero));
    let counted = graph.add(Node::Select(is_zero, one, zero));
    let kept = graph.add(Node::Select(is_zero, one, statement.value));
    let counting = beside(program, statement, "zeros", Reduction::Sum, counted);
    let multiplying = beside(program, statement, "others", Reduction::Product, kept);
    let graph = &mut program.graph;
    let zeros = graph.element(counting.target.clone());
    let others = graph.element(multiplying.target.clone());
    let product = graph.element(statement.target.clone());
    let all = graph.binary(Multiply, seed, product);
    let without = graph.binary(Divide, all, statement.value);
    let is_only = graph.add(Node::Compare(Comparison::Equal, zeros, one));
    let to_zero = graph.binary(Multiply, seed, others);
    let to_zero = graph.add(Node::Select(is_only, to_zero, zero));
    ([counting, multiplying], graph.add(Node::Select(is_zero, to_zero, without)))
}

/// Another reduction over the same indices.
fn beside(
    program: &mut Program,
    statement: &Statement,
    name: &str,
    reduction: Reduction,
    value: Id,
) -> Statement {
    let of = statement.target.array;
    let array = program.array_like(of, format!("{name}_{}", program.array(of).name));
    let target = Access { array, at: statement.target.at.clone() };
    let reduction = Some((reduction, statement.bound().to_vec()));
    Statement { target, reduction, value, accumulate: false, ..statement.clone() }
}

/// The product of all factors but the one at hand, for each of them: exact whatever is 0, and to be
/// differentiated again.
pub fn product_of_others(program: &mut Program, statement: &Statement) -> Statement {
    let renamed: Vec<(Index, Index)> =
        statement.bound().iter().map(|&index| (index, program.copy_index(index))).collect();
    let other =
        |index: Index| renamed.iter().find(|(from, _)| *from == index).map_or(index, |&(_, to)| to);
    let graph = &mut program.graph;
    let (factor, one) = (graph.rename(statement.value, &other), graph.constant(1.0));
    let value = renamed.iter().fold(one, |value, &(here, there)| {
        let (here, there) = (graph.add(Node::Position(here)), graph.add(Node::Position(there)));
        let is_here = graph.add(Node::Compare(Comparison::Equal, here, there));
        graph.add(Node::Select(is_here, value, factor))
    });
    let mut indices = statement.indices();
    indices.extend(statement.scans.iter().map(|scan| scan.index));
    let name = format!("others_{}", program.array(statement.target.array).name);
    let target = program.array_over(name, &indices);
    let bound = renamed.into_iter().map(|(_, there)| there).collect();
    let reduction = Some((Reduction::Product, bound));
    Statement { target, reduction, value, accumulate: false, ..statement.clone() }
}
