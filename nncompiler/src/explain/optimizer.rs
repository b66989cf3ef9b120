//! An optimizer's equations.

use std::collections::BTreeMap;

use super::notation::Notation;
use super::statements::Statements;
use super::view::{ArraySets, View};
use super::{Explanation, setting};
use crate::frontend::resolved::Optimizer;
use crate::ir::function::{Function, Program, Statement};

/// What a step makes of one parameter: what is kept from step to step has an arrow before its next value. Some
/// settings may have been replaced by numbers.
pub fn optimizer(
    optimizer: &Optimizer,
    numbers: &BTreeMap<String, f64>,
    program: &Program,
    stated: &Function,
) -> Explanation {
    let (nothing, stated) = (ArraySets::default(), Statements::of(stated));
    let lines = |notation: Notation| -> Vec<String> {
        let mut view =
            View::of_equations(program, &stated, &nothing, &optimizer.equations, notation);
        let settings = optimizer.settings.iter().filter(|setting| setting.is_truth);
        view.truths = settings.map(|setting| setting.name.to_string()).collect();
        let line = |statement: &Statement| {
            let is_kept = stated.function.makes(statement.target.array);
            if is_kept { view.update(statement) } else { view.equation(statement) }
        };
        view.statements(&stated).map(line).collect()
    };
    Explanation::of_equations(&call(optimizer, numbers), lines)
}

/// `sgd(w, g; lr, momentum)`
fn call(optimizer: &Optimizer, numbers: &BTreeMap<String, f64>) -> String {
    let arguments = optimizer.equations.arrays[..2].iter().map(|array| array.name.clone());
    let settings = optimizer.settings.iter().map(|one| setting(&one.name, one.is_truth, numbers));
    let [arguments, settings] =
        [arguments.collect::<Vec<String>>(), settings.collect()].map(|names| names.join(", "));
    format!("{}({arguments}; {settings})", optimizer.name)
}
