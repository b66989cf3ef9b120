//! A function and its gradients → two functions: forward, which makes the results, and backward, which
//! makes all else once the gradients on the results are known. What forward makes for backward are its
//! residuals.

use std::collections::BTreeSet;

use crate::ir::function::{Function, Holder, Port, Program, Statement};
use crate::ir::index::ArrayId;

/// Forward and backward.
pub fn partition(program: &Program, function: Function) -> [Function; 2] {
    let needed = function.needed_for(program, function.results());
    let is_forward = |statement: &Statement| needed.contains(&statement.target.array);
    let (forward, backward): (Vec<Statement>, Vec<Statement>) =
        function.body.into_iter().partition(is_forward);
    let made: BTreeSet<ArrayId> = forward.iter().map(|one| one.target.array).collect();
    let read = backward.iter().flat_map(|one| program.graph.elements(one.value));
    let read: BTreeSet<ArrayId> = read.map(|(_, access)| access.array).collect();
    let (results, gradients): (Vec<Port>, Vec<Port>) =
        function.outputs.into_iter().partition(|port| port.holder == Holder::Workspace);
    let is_result = |array: &ArrayId| results.iter().any(|port| port.array == *array);
    let residuals: Vec<Port> = made
        .intersection(&read)
        .filter(|array| !is_result(array))
        .map(|&array| Port { array, holder: Holder::Residual })
        .collect();
    let forward = Function {
        inputs: function.inputs.clone(),
        outputs: [results.clone(), residuals.clone()].concat(),
        body: forward,
        layers: function.layers.clone(),
    };
    let backward = Function {
        inputs: [function.inputs, results, residuals].concat(),
        outputs: gradients,
        body: backward,
        layers: function.layers,
    };
    [forward, backward]
}
