//! A program that uses a loss or an optimizer: what its documentation shows.

use crate::frontend::resolve::names::plain;
use crate::frontend::syntax::{Declaration, Definition, ExpressionKind, Kind, Setting};

/// How many numbers an argument of a loss has in a sample.
const WIDTH: usize = 3;

/// The lines of a program with such a network; those behind `#` are not shown.
pub fn program(definition: &Definition) -> Option<String> {
    let structure = plain(&definition.name)?.to_string();
    let value = value(&structure, &definition.settings);
    match definition.kind {
        Kind::Loss => Some(with_loss(definition, &structure, &value)),
        Kind::Optimizer => Some(with_optimizer(definition, &structure, &value)),
        Kind::Activation | Kind::Layer => None,
    }
}

/// `Huber { delta: 1.0, ..Huber::default() }`
fn value(structure: &str, settings: &[Setting]) -> String {
    let default = format!("{structure}::default()");
    match settings.iter().find_map(|one| Some((&one.name, literal(one)?))) {
        Some((name, number)) => format!("{structure} {{ {name}: {number}, ..{default} }}"),
        None => default,
    }
}

/// The default of a setting that is one number.
fn literal(setting: &Setting) -> Option<String> {
    let number = match setting.default.kind {
        ExpressionKind::Integer(number) => number as f64,
        ExpressionKind::Float(number) => number,
        _ => return None,
    };
    (setting.axes.is_empty() && !setting.is_truth).then(|| format!("{number:?}"))
}

/// The network ends in `sigmoid`: of its outputs every loss can be computed.
fn with_loss(definition: &Definition, structure: &str, value: &str) -> String {
    let width = WIDTH * definition.inputs.len();
    let is_class = definition.targets.iter().any(Declaration::is_class);
    let has_axes = definition.targets.iter().any(|target| !target.axes.is_empty());
    let target_width = if has_axes || definition.is_of_numbers() { WIDTH } else { 1 };
    let (targets, given) = if is_class {
        (String::new(), "&[0u8, 2]")
    } else {
        let line =
            format!("let targets = Samples::<f32, Const<{target_width}>>::from_element(2, 1.0);\n");
        (line, "&targets")
    };
    format!(
        "# use tapeless::loss::{structure};
# use tapeless::prelude::*;
# network! {{ Net< linear(2, {width}); sigmoid > }}
# let (model, mut pass, mut gradient) = (Net::new(&mut seed(0)), Net::pass(2), Net::zeros());
# let x = Samples::<f32, Const<2>>::from_element(2, 0.5);
let loss = {value};
{targets}let outputs = model.forward_batch(&x, &mut pass)?;
outputs.loss(loss, {given})?.backward(&mut gradient);
# assert!(gradient.norm() > 0.0);
# Ok::<(), Box<dyn std::error::Error>>(())"
    )
}

fn with_optimizer(definition: &Definition, structure: &str, value: &str) -> String {
    let name = &definition.name;
    format!(
        "# use tapeless::optimizer::{structure};
# use tapeless::prelude::*;
# network! {{ Net< linear(2, 3) > }}
# let mut model = Net::new(&mut seed(0));
# let mut gradient = Net::zeros();
# gradient.linear0.bias.fill(1.0);
# let before = model.linear0.bias[0];
let mut {name} = {value}.over(&model)?;
{name}.step(&mut model, &gradient);
# assert!(model.linear0.bias[0] < before);
# Ok::<(), Box<dyn std::error::Error>>(())"
    )
}
