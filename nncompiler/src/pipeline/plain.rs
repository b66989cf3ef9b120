//! Losses and optimizers with the plain defaults of their settings, for people: from the stated function on, the
//! same way once more, on a copy of the program.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::{Compiler, Mode, Snapshot};
use crate::explain::{self, Explanation, plain_defaults};
use crate::frontend::resolved::{Loss, LossType, NetworkLoss, Optimizer};
use crate::ir::function::{Function, Program};
use crate::ir::pattern::Tables;
use crate::lower::optimizer::{Functions, StateSettings};
use crate::rewrite::settings;
use crate::schedule::{fuse, partition};

/// A loss of one sample, if a setting of it has a plain default.
pub fn loss(
    loss: &Loss,
    parts: usize,
    program: &Program,
    stated: &Function,
    tables: &Tables,
) -> Option<Explanation> {
    on_a_copy(program, tables, defaults(&loss.of), |compiler, numbers| {
        let stated = compiler.with_numbers(stated, numbers);
        let function = compiler.loss_of_sample(stated.clone(), parts);
        let functions = partition::partition(&compiler.program, function);
        explain::loss(loss, numbers, &compiler.program, &stated, &functions)
    })
}

/// A loss of one network, if a setting of it has a plain default.
pub fn network_loss(
    loss: &NetworkLoss,
    program: &Program,
    stated: &Function,
    tables: &Tables,
) -> Option<Explanation> {
    on_a_copy(program, tables, defaults(&loss.of), |compiler, numbers| {
        let stated = compiler.with_numbers(stated, numbers);
        let function = compiler.loss_over_batch(loss, stated.clone());
        let functions = compiler.loss_and_gradient(&function);
        explain::network_loss(loss, numbers, &compiler.program, &stated, &functions)
    })
}

/// A step of one parameter, if a setting has a plain default, without the states that are not kept then.
pub fn optimizer(
    optimizer: &Optimizer,
    program: &Program,
    functions: &Functions,
    tables: &Tables,
) -> Option<Explanation> {
    let defaults = optimizer.settings.iter().map(|setting| (&setting.name, setting.default));
    on_a_copy(program, tables, defaults, |compiler, numbers| {
        let settings = compiler.with_numbers(&functions.settings, numbers);
        let graph = &compiler.program.graph;
        let is_kept = |state: &StateSettings| {
            let says_no = |array| {
                settings.writes_of(array).any(|one| graph.as_constant(one.value) == Some(0.0))
            };
            !state.is_kept.is_some_and(says_no)
        };
        // The parameter, and the states.
        let kept: Vec<bool> =
            [true].into_iter().chain(functions.states.iter().map(is_kept)).collect();
        let mut step = functions.step.clone();
        let mut kept = kept.into_iter();
        step.outputs.retain(|_| kept.next().unwrap_or(true));
        let step = compiler.with_numbers(&step, numbers);
        explain::optimizer::optimizer(optimizer, numbers, &compiler.program, &step)
    })
}

fn defaults(of: &LossType) -> impl Iterator<Item = (&Ident, f64)> {
    of.settings.iter().map(|setting| (&setting.name, setting.default))
}

/// What a compiler on a copy of the program explains, given the plain ones of some defaults; nothing if there are
/// none.
fn on_a_copy<'s>(
    program: &Program,
    tables: &Tables,
    defaults: impl Iterator<Item = (&'s Ident, f64)>,
    explain: impl FnOnce(&mut Compiler, &BTreeMap<String, f64>) -> Explanation,
) -> Option<Explanation> {
    let numbers = plain_defaults(defaults);
    if numbers.is_empty() {
        return None;
    }
    let mut unseen = |_: Snapshot| {};
    let mut compiler = Compiler::new(tables, Mode::Recognised, &mut unseen);
    compiler.program = program.clone();
    Some(explain(&mut compiler, &numbers))
}

impl Compiler<'_> {
    /// A stated function with numbers in place of settings.
    fn with_numbers(&mut self, stated: &Function, numbers: &BTreeMap<String, f64>) -> Function {
        let mut stated = stated.clone();
        settings::replace(&mut self.program, &mut stated, numbers);
        let mut stated = self.stated("plain", stated);
        fuse::propagate_copies(&mut self.program, &mut stated);
        stated
    }
}
