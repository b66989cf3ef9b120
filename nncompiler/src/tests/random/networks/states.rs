//! Layers with several inputs: attention to another sequence, recurrences from a given state.

use super::recurrent::CELLS;
use super::{Array, Writer};

impl Writer<'_> {
    pub fn attention_to_another(&mut self) {
        let Some(query) = self.array_that(|array| array.shape.len() == 2) else {
            return self.chain();
        };
        let [s, e] = query.shape[..] else { return };
        let key = self.array_that(|array| matches!(array.shape[..], [_, size] if size == e));
        let key = key.expect("the same one");
        let heads = self.choices.divisor(e);
        let options = [self.choices.option("bias = false"), self.choices.option("causal = true")];
        let arguments = [vec![heads.to_string()], options.concat()].concat().join(", ");
        let value = format!("multihead_attention({arguments})({}, {})", query.name, key.name);
        let arguments = arguments.replace("true", "True").replace("false", "False");
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
