//! An optimizer's equations.

use std::collections::BTreeSet;

use super::Explanation;
use super::notation::Notation;
use super::view::View;
use crate::frontend::resolved::Optimizer;
use crate::ir::function::{Function, Program, Statement};

/// What a step makes of one parameter: what is kept from step to step has an arrow before its next value.
pub fn optimizer(optimizer: &Optimizer, program: &Program, stated: &Function) -> Explanation {
    let nothing = BTreeSet::new();
    let lines = |notation: Notation| -> Vec<String> {
        let mut view =
            View::of_equations(program, stated, &nothing, &optimizer.equations, notation);
        let settings = optimizer.settings.iter().filter(|setting| setting.is_truth);
        view.truths = settings.map(|setting| setting.name.to_string()).collect();
        let line = |statement: &Statement| {
            let is_kept = stated.makes(statement.target.array);
            if is_kept { view.update(statement) } else { view.line(stated, statement) }
        };
        view.statements(stated).map(line).collect()
    };
    Explanation::of_equations(&call(optimizer), lines)
}

/// `sgd(w, g; lr, momentum)`
fn call(optimizer: &Optimizer) -> String {
    let arguments = optimizer.equations.arrays[..2].iter().map(|array| array.name.clone());
    let settings = optimizer.settings.iter().map(|setting| setting.name.to_string());
    let [arguments, settings] =
        [arguments.collect::<Vec<String>>(), settings.collect()].map(|names| names.join(", "));
    format!("{}({arguments}; {settings})", optimizer.name)
}
