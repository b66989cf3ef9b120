//! Layers with several inputs: attention to another sequence, recurrences from a given state.

use super::layers::python;
use super::recurrent::{CELLS, options};
use super::{Array, Writer, joined};

impl Writer<'_> {
    pub fn attention_to_another(&mut self) {
        let Some(query) = self.array_that(|array| array.shape.len() == 2) else {
            return self.chain();
        };
        let [s, e] = query.shape[..] else { return };
        let key = self.array_that(|array| array.shape.len() == 2).expect("the same one");
        let heads = self.choices.divisor(e);
        let mut options =
            [self.choices.option("bias = false"), self.choices.option("causal = true")].concat();
        if key.shape[1] != e {
            options.extend(["kdim", "vdim"].map(|name| format!("{name} = {}", key.shape[1])));
        }
        let arguments =
            |options: Vec<String>| [vec![heads.to_string()], options].concat().join(", ");
        let torch_options = options.iter().map(|option| python(option)).collect();
        let value =
            format!("multihead_attention({})({}, {})", arguments(options), query.name, key.name);
        let arguments = arguments(torch_options);
        let torch = format!("p(Attention({e}, {arguments}))({}, {})", query.name, key.name);
        self.make(vec![s, e], &value, &torch);
    }

    /// The state before the first step is a vector; in both directions, a half for each.
    pub fn recurrent_from_state(&mut self) {
        let sequence = self.array_that(|array| array.shape.len() == 2);
        let state = self.array_that(|array| array.shape.len() == 1 && array.count() <= 6);
        let (Some(sequence), Some(state)) = (sequence, state) else { return self.chain() };
        let [steps, i] = sequence.shape[..] else { return };
        let n = state.count();
        let is_bidirectional = n.is_multiple_of(2) && self.choices.one_in(2);
        let (directions, option) =
            if is_bidirectional { (2, ", bidirectional = true") } else { (1, "") };
        let hidden = n / directions;
        let kinds = [("rnn", "RNN"), ("gru", "GRU"), ("lstm", "LSTM")];
        let (name, class) = *self.choices.pick(&kinds);
        let (x, h) = (&sequence.name, &state.name);
        let value = format!("{name}({hidden}{option})({x}, {h})");
        let option = option.replace("true", "True");
        let module = format!("p(nn.{class}({i}, {hidden}, batch_first=True{option}))");
        let torch = format!("from_state({module}, {x}, {h}, {directions})");
        self.make(vec![steps, n], &value, &torch);
    }

    /// A sequence of states, and the last ones.
    pub fn recurrent_with_states(&mut self) {
        let Some(sequence) = self.array_that(|array| array.shape.len() == 2) else {
            return self.chain();
        };
        let [steps, i] = sequence.shape[..] else { return };
        let (options, hidden) = (options(self.choices), self.choices.up_to(4));
        let number = |option: &str| if options.iter().any(|one| one == option) { 2 } else { 1 };
        let directions = number("bidirectional = true");
        let last = number("num_layers = 2") * directions * hidden;
        let kinds = [("rnn", "RNN", 1), ("gru", "GRU", 1), ("lstm", "LSTM", 2)];
        let (name, class, states) = *self.choices.pick(&kinds);
        let all = |options: Vec<String>| [vec![hidden.to_string()], options].concat().join(", ");
        let torch_options = options.iter().map(|option| python(option)).collect();
        let value = format!("{name}({})({})", all(options), sequence.name);
        let module = format!("nn.{class}({i}, {}, batch_first=True)", all(torch_options));
        let torch = format!("with_states(p({module}), {})", sequence.name);
        let shapes = [vec![vec![steps, directions * hidden]], vec![vec![last]; states]].concat();
        self.make_several(shapes, &value, &torch);
    }

    /// All parts of an array.
    pub fn parts(&mut self) {
        let array = self.array();
        let rank = array.shape.len();
        let axis = self.choices.below(rank.max(1));
        let Some(&size) = array.shape.get(axis).filter(|size| **size > 1) else {
            return self.chain_of(&array);
        };
        let mut sizes = vec![self.choices.up_to(size - 1)];
        let rest = size - sizes[0];
        if rest > 1 && self.choices.one_in(2) {
            sizes.push(self.choices.up_to(rest - 1));
        }
        sizes.push(size - sizes.iter().sum::<usize>());
        let (dim, each, x) = (self.choices.dim(axis, rank), joined(&sizes), &array.name);
        let value = format!("split(({each}), dim = {dim})({x})");
        let torch = format!("{x}.split([{each}], {})", axis + 1);
        let shapes = sizes.into_iter().map(|size| {
            let mut shape = array.shape.clone();
            shape[axis] = size;
            shape
        });
        self.make_several(shapes.collect(), &value, &torch);
    }

    pub fn cell_from_state(&mut self) {
        let is_vector = |array: &Array| array.shape.len() == 1;
        let (Some(input), Some(state)) = (self.array_that(is_vector), self.array_that(is_vector))
        else {
            return self.chain();
        };
        let (n, i) = (state.count(), input.count());
        let (name, class) = *self.choices.pick(&CELLS);
        let is_lstm = name == "lstm_cell";
        if n > 8 || (is_lstm && !n.is_multiple_of(2)) {
            return self.chain();
        }
        let hidden = if is_lstm { n / 2 } else { n };
        let (x, h) = (&input.name, &state.name);
        let torch = format!("step(p(nn.{class}({i}, {hidden})), {x}, {h})");
        self.make(vec![n], &format!("{name}({hidden})({x}, {h})"), &torch);
    }
}
