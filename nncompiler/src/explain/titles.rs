//! What layers are called, and what they read.

use crate::frontend::resolved::{Layer, LayerKind, Network, Source};

/// `hidden1: linear(784, 128)`, and what it reads where that is not the layer above: `concat(2, 6) of eye.3, body`.
pub fn title(network: &Network, number: usize) -> String {
    let layer = &network.layers[number];
    let title = read_title(network, number);
    match layer.key.parse::<usize>() {
        Ok(_) => title,
        Err(_) => format!("{}: {title}", layer.key),
    }
}

/// `concat(2, 6) of eye.3, body`
pub fn read_title(network: &Network, number: usize) -> String {
    let Layer { title, inputs, kind, .. } = &network.layers[number];
    let only_input = network.inputs.len() == 1 && number == 0;
    let is_above = match inputs[..] {
        [Source::Input(_)] => only_input,
        [Source::Layer(at)] => at + 1 == number,
        _ => false,
    };
    let mut names: Vec<String> = Vec::new();
    for &source in inputs {
        let name = match source {
            Source::Input(at) => network.inputs[at].name.to_string(),
            Source::Layer(at) => network.layers[at].key.clone(),
            Source::Other(at, array) => {
                let Layer { key, equations, .. } = &network.layers[at];
                format!("{key}.{}", equations.arrays[array].name)
            }
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let words = || title.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let says = |name: &String| words().any(|word| word == name);
    // A statement names what it reads.
    if is_above || *kind != LayerKind::Equations || names.iter().all(says) {
        return title.clone();
    }
    format!("{title} of {}", names.join(", "))
}

/// Whether a layer is a statement of a body, which makes the array that it is called by.
pub fn is_statement(layer: &Layer) -> bool {
    layer.equations.arrays[layer.equations.output].name == layer.key
}
