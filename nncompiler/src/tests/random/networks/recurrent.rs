//! Recurrent layers.

use super::super::choices::Choices;
use super::layers::Applied;

/// The options of a recurrent layer.
pub fn options(choices: &mut Choices) -> Vec<String> {
    let mut options = choices.option("bias = false");
    if choices.one_in(3) {
        options.push("bidirectional = true".to_owned());
    }
    if choices.one_in(3) {
        options.push("num_layers = 2".to_owned());
    }
    options
}

fn recurrent(
    choices: &mut Choices,
    names: (&str, &str),
    shape: &[usize],
    hidden: usize,
    options: &[String],
) -> Option<Applied> {
    let [_, i] = *shape else { return None };
    let (name, class) = names;
    let sizes = choices.sizes(i, &hidden.to_string());
    let mut layer = Applied::module(
        (name, &sizes),
        (class, &format!("{i}, {hidden}, batch_first=True")),
        options,
    );
    layer.torch = format!("first_of({})", layer.torch);
    Some(layer)
}

pub fn rnn(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (mut options, hidden) = (options(choices), choices.up_to(5));
    options.extend(choices.option(RELU));
    recurrent(choices, ("rnn", "RNN"), shape, hidden, &options)
}

pub fn gru(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (options, hidden) = (options(choices), choices.up_to(5));
    recurrent(choices, ("gru", "GRU"), shape, hidden, &options)
}

pub fn lstm(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (mut options, hidden) = (options(choices), choices.up_to(5));
    if hidden > 1 && choices.one_in(3) {
        options.push(format!("proj_size = {}", choices.up_to(hidden - 1)));
    }
    recurrent(choices, ("lstm", "LSTM"), shape, hidden, &options)
}

pub fn last(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, i] = *shape else { return None };
    if i.is_multiple_of(2) && choices.one_in(2) {
        let options = ["bidirectional = true".to_owned()];
        let body = format!("torch.cat([x[:, -1, :{0}], x[:, 0, {0}:]], 1)", i / 2);
        return Some(Applied::function("last", "", &options, &body));
    }
    Some(Applied::function("last", "", &[], "x[:, -1]"))
}

/// One step, from a state of zeros.
pub fn cell(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [i] = *shape else { return None };
    let (name, class) = *choices.pick(&CELLS);
    let hidden = choices.up_to(4);
    let sizes = choices.sizes(i, &hidden.to_string());
    let mut options = choices.option("bias = false");
    if name == "rnn_cell" {
        options.extend(choices.option(RELU));
    }
    let mut layer = Applied::module((name, &sizes), (class, &format!("{i}, {hidden}")), &options);
    layer.torch = format!("state_of({})", layer.torch);
    Some(layer)
}

const RELU: &str = "nonlinearity = relu";

pub const CELLS: [(&str, &str); 3] =
    [("rnn_cell", "RNNCell"), ("gru_cell", "GRUCell"), ("lstm_cell", "LSTMCell")];
