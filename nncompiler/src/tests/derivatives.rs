//! Every row of the tables against finite differences: a new row is tested for free.

use super::runs::{by_statements, numbers, with_parameters};
use super::{compiled, library};
use crate::frontend::syntax::{Expression, ExpressionKind, Kind};
use crate::ir::expression::{Graph, evaluate};
use crate::pipeline::Mode;

/// f′(x) by the 5-point rule, whose error is of the order of h⁴.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    difference_over(f, x, 1e-3 * x.abs().clamp(0.1, 1.0))
}

/// Whether a kink of f is so close to x that differences of two widths see another slope.
fn is_near_kink(f: impl Fn(f64) -> f64, x: f64) -> bool {
    (difference_over(&f, x, 1e-3) - difference_over(&f, x, 3e-4)).abs() > 1e-6
}

fn difference_over(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(error <= tolerance, "{what}: {found} is not {expected}");
}

/// A derivative of `functions.eq` as a number.
fn number(expression: &Expression, x: f64, y: f64) -> f64 {
    let value = |one: &Expression| number(one, x, y);
    match &expression.kind {
        ExpressionKind::Integer(value) => *value as f64,
        ExpressionKind::Float(value) => *value,
        ExpressionKind::Name(name) if name == "x" => x,
        ExpressionKind::Name(name) if name == "y" => y,
        ExpressionKind::Name(name) if name == "pi" => std::f64::consts::PI,
        ExpressionKind::Negate(operand) => -value(operand),
        ExpressionKind::Binary(operation, left, right) => {
            crate::ir::expression::apply(*operation, value(left), value(right))
        }
        ExpressionKind::Call { function, arguments } => {
            evaluate(&function.to_string(), value(&arguments[0])).expect("a function")
        }
        other => panic!("a derivative holds arithmetic on x and y, not {other:?}"),
    }
}

#[test]
fn every_function_has_the_derivative_that_its_row_states() {
    for function in &library().functions {
        let name = function.name.to_string();
        for x in [0.1, 0.5, 0.9, 1.3, 2.7] {
            let f = |x| evaluate(&name, x).expect("every function has a value");
            let derivative = number(&function.derivative, x, f(x));
            assert_close(derivative, difference(f, x), 1e-9, &format!("{name}'({x})"));
        }
    }
}

#[test]
fn every_activation_has_the_derivative_of_its_equation() {
    for definition in library().definitions {
        if definition.kind != Kind::Activation || definition.inputs.len() > 1 {
            continue;
        }
        let text = format!("Net< linear(1, 1); {} >", definition.name);
        let network = compiled(&text, Mode::Loops);
        let program = &network.program;
        let [forward, backward] = [0, 1].map(|at| &network.training.functions[at]);
        let (inputs, output) = (&forward.function.inputs, forward.function.outputs[0].array);
        // weight 1, so that the gradient on the bias is the derivative.
        let derivative = |x: f64| {
            let mut memory = with_parameters(program, 1);
            memory.set(inputs[0].array, vec![0.0]);
            memory.set(program.parameters[1].array, vec![x]);
            memory.run(&forward.function.body);
            let y = memory.get(output)[0];
            memory.set(inputs[1].array, vec![1.0]);
            memory.run(&backward.function.body);
            (y, memory.get(backward.function.gradient(1).expect("a gradient"))[0])
        };
        let points = numbers(50, 1).into_iter().map(|x| 8.0 * x);
        let smooth: Vec<f64> = points.filter(|&x| !is_near_kink(|x| derivative(x).0, x)).collect();
        assert!(smooth.len() >= 45, "{} has too many kinks", definition.name);
        for x in smooth {
            let expected = difference(|x| derivative(x).0, x);
            assert_close(derivative(x).1, expected, 1e-8, &format!("{}'({x})", definition.name));
        }
    }
}

/// Every parameter of a network, one by one, against finite differences of the interpreter.
fn check_network(text: &str) {
    let batch = 3;
    let network = compiled(text, Mode::Loops);
    let program = &network.program;
    let forward = &network.training.functions[0];
    let (output, seed) = (forward.function.outputs[0].array, forward.function.inputs[1].array);
    let (_, gradients) = by_statements(program, &network.training, batch);
    for (parameter, gradient) in program.parameters.iter().zip(gradients) {
        for at in 0..gradient.len() {
            let objective = |x: f64| {
                let mut memory = with_parameters(program, batch);
                let mut values = memory.get(parameter.array).to_vec();
                values[at] = x;
                memory.set(parameter.array, values);
                memory.run(&forward.function.body);
                let outputs = memory.get(output);
                outputs.iter().zip(memory.get(seed)).map(|(y, weight)| y * weight).sum()
            };
            let x = with_parameters(program, batch).get(parameter.array)[at];
            let what = format!("{}[{at}] of {text}", program.array(parameter.array).name);
            assert_close(gradient[at], difference(objective, x), 1e-8, &what);
        }
    }
}

#[test]
fn every_layer_has_the_gradient_of_its_equations() {
    check_network("Net< linear(3, 2) >");
    check_network("Net< linear(3, 4); softmax >");
    check_network("Net< linear(3, 4); flatten; softmax; linear(2) >");
    check_network("Net< linear(4, 3); tanh; linear(2); sigmoid; linear(3); gelu >");
    check_network("Net< input(2, 3); flatten; linear(4); silu; softmax; linear(2); elu(0.7) >");
}

#[test]
fn equal_nodes_are_one_node() {
    let mut graph = Graph::default();
    assert_eq!(graph.constant(2.0), graph.constant(2.0));
    assert_ne!(graph.constant(0.0), graph.constant(-0.0));
}
