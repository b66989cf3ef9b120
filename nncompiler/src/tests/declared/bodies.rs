//! Networks with bodies, layers with scans, repetitions and layers of their own, losses of several outputs,
//! optimizers of several states and blocks with sizes: mostly right ones, and some with a part that is not.

use super::grammar::{Form, Grammar};

/// An array of a body with its axes.
#[derive(Clone)]
struct Array {
    name: String,
    axes: Vec<usize>,
}

const AXES: [&str; 4] = ["i", "j", "k", "l"];

/// `[i: 3, j: 2]`, or nothing.
fn declared(axes: &[usize]) -> String {
    let axes: Vec<String> =
        axes.iter().zip(AXES).map(|(size, axis)| format!("{axis}: {size}")).collect();
    if axes.is_empty() { String::new() } else { format!("[{}]", axes.join(", ")) }
}

/// `[i, j]`, or nothing.
fn at(axes: &[usize]) -> String {
    let axes = &AXES[..axes.len().min(AXES.len())];
    if axes.is_empty() { String::new() } else { format!("[{}]", axes.join(", ")) }
}

/// A product with a matrix of the network's own, along the last axis.
fn contraction(number: usize, x: &str, axes: &[usize]) -> String {
    let (last, before) = (AXES[axes.len() - 1], &AXES[..axes.len() - 1]);
    let target = [before, &["o"]].concat().join(", ");
    format!(
        "param w{number}[o: 2, {last}: {}] ~ uniform(1); \
         h{number}[{target}] = sum({last}: w{number}[o, {last}] * {x}{});",
        axes[axes.len() - 1],
        at(axes)
    )
}

impl Grammar {
    /// A part of a text, or now and then what does not belong there.
    fn or_wrong(&mut self, right: String) -> String {
        match self.choices.below(4 * self.rarity) {
            0 => self.name(),
            1 => self.size().to_owned(),
            _ => right,
        }
    }

    pub fn body_network(&mut self) -> String {
        let (attribute, name) = (self.attribute(), self.new_name());
        let shapes = [vec![3], vec![2, 3], vec![], vec![4, 2], vec![1], vec![2, 3, 3]];
        let inputs = 0..=self.choices.below(2);
        let inputs = inputs.map(|number| Array {
            name: format!("x{number}"),
            axes: self.choices.pick(&shapes).clone(),
        });
        let inputs: Vec<Array> = inputs.collect();
        let (mut arrays, mut reads_token) = (inputs.clone(), false);
        let mut statements = Vec::new();
        for number in 0..=self.choices.below(5) {
            let made = self.statement_of_body(number, &mut arrays, &mut reads_token);
            statements.push(self.or_wrong(made));
        }
        let mut text: Vec<String> = inputs
            .iter()
            .map(|Array { name, axes }| format!("input {name}{};", declared(axes)))
            .collect();
        text.extend(reads_token.then(|| "input token[s: 3]: index(4);".to_owned()));
        text.extend(statements);
        // What nothing reads is a mistake: all of it comes out.
        let made = arrays[inputs.len()..].iter();
        text.extend(made.map(|array| format!("output {};", array.name)));
        let read = inputs.iter().enumerate();
        text.extend(read.map(|(at, input)| format!("output p{at} = tanh({});", input.name)));
        format!("{attribute} {name} {{ {} }}", text.join(" "))
    }

    /// A statement of a body, and the arrays that it makes; `reads_token` if it reads integers.
    fn statement_of_body(
        &mut self,
        number: usize,
        arrays: &mut Vec<Array>,
        reads_token: &mut bool,
    ) -> String {
        let read = [self.choices.pick(arrays).clone(), self.choices.pick(arrays).clone()];
        let label = if self.choices.one_in(3) { format!("label{number}: ") } else { String::new() };
        let kind = self.choices.below(16);
        let of_layers = self.layers_of_body(kind, number, &label, &read, arrays, reads_token);
        of_layers.or_else(|| self.equation_of_body(kind, number, &read, arrays)).unwrap_or_else(
            || {
                let [Array { name: x, axes }, _] = read;
                arrays.push(Array { name: format!("h{number}"), axes });
                format!("h{number} = clamp({x}, -1, N) + ln(1 + exp({x}));")
            },
        )
    }

    /// Layers that are applied.
    fn layers_of_body(
        &mut self,
        kind: usize,
        number: usize,
        label: &str,
        [read, other]: &[Array; 2],
        arrays: &mut Vec<Array>,
        reads_token: &mut bool,
    ) -> Option<String> {
        let Array { name: x, axes } = read.clone();
        let made = format!("h{number}");
        let mut new = |axes: Vec<usize>| arrays.push(Array { name: made.clone(), axes });
        let with_last = |size: usize| [&axes[..axes.len().saturating_sub(1)], &[size]].concat();
        match kind {
            0 | 1 if !axes.is_empty() => {
                new(with_last(2));
                Some(format!("{made} = {label}linear(2)({x});"))
            }
            2 if !axes.is_empty() => {
                new(with_last(3));
                let within =
                    self.choices.pick(&["relu", "residual { tanh }", "layer_norm", "dropout(0.3)"]);
                Some(format!("{made} = {label}<linear(3); {within}>({x});"))
            }
            5 => {
                *reads_token = true;
                new(vec![3, 2]);
                Some(format!(
                    "param w{number}[v: 4, k: 2] ~ normal(1); {made}[s, k] = w{number}[token[s], k];"
                ))
            }
            6 => {
                *reads_token = true;
                new(vec![3, 2]);
                Some(format!("{made} = {label}embedding(4, 2)(token);"))
            }
            9 if axes.len() == 2 => {
                arrays.push(Array { name: format!("last{number}"), axes: vec![2] });
                arrays.push(Array { name: made.clone(), axes: vec![axes[0], 2] });
                let cell = self.choices.pick(&["rnn", "gru"]);
                Some(format!("{made}, last{number} = {label}{cell}(2)({x});"))
            }
            10 if !axes.is_empty() && axes[0] > 1 => {
                let rest = &axes[1..];
                arrays.push(Array { name: made.clone(), axes: [&[1], rest].concat() });
                arrays.push(Array {
                    name: format!("rest{number}"),
                    axes: [&[axes[0] - 1], rest].concat(),
                });
                Some(format!("{made}, rest{number} = split((1, {}))({x});", axes[0] - 1))
            }
            11 if !axes.is_empty()
                && other.axes.len() == axes.len()
                && other.axes[1..] == axes[1..] =>
            {
                new([&[axes[0] + other.axes[0]], &axes[1..]].concat());
                Some(format!("{made} = concat({x}, {});", other.name))
            }
            13 if !axes.is_empty() => {
                let found = self.definitions.iter().find(|(_, form)| *form != Form::Network);
                let Some((layer, _)) = found.cloned() else {
                    new(axes);
                    return Some(format!("{made} = softmax({x});"));
                };
                new(axes);
                Some(format!("{made} = {label}{layer}({x}) + 0 * {x};"))
            }
            _ => None,
        }
    }

    /// Arithmetic, reductions and derivatives.
    fn equation_of_body(
        &mut self,
        kind: usize,
        number: usize,
        [read, other]: &[Array; 2],
        arrays: &mut Vec<Array>,
    ) -> Option<String> {
        let Array { name: x, axes } = read.clone();
        let made = format!("h{number}");
        let mut new = |axes: Vec<usize>| arrays.push(Array { name: made.clone(), axes });
        let with_last = |size: usize| [&axes[..axes.len().saturating_sub(1)], &[size]].concat();
        match kind {
            3 if other.axes == axes => {
                new(axes);
                Some(format!("{made} = {x} * sigmoid({}) - 0.5 * {x};", other.name))
            }
            4 if !axes.is_empty() => {
                new(with_last(2));
                Some(contraction(number, &x, &axes))
            }
            7 if !axes.is_empty() => {
                new(Vec::new());
                let indices = AXES[..axes.len()].join(", ");
                let reduction = self.choices.pick(&["sum", "mean", "max", "prod", "min"]);
                Some(format!("{made} = {reduction}({indices}: {x}{});", at(&axes)))
            }
            8 if axes.is_empty() && other.axes.iter().product::<usize>() < 9 => {
                // The derivative of a number by an array.
                new(other.axes.clone());
                Some(format!("{made} = d({x} * {x}, {}) + {};", other.name, other.name))
            }
            12 => {
                new(axes.clone());
                let (read, target) = (at(&axes), at(&axes));
                let value = self.expression(&[&format!("{x}{read}"), "2"], 2);
                Some(format!("{made}{target} = {value} + {x}{read};"))
            }
            14 => {
                new(axes);
                Some(format!("{made} = if {x} > 0.1 {{ {x} }} else {{ stop({x}) * 2 }};"))
            }
            _ => None,
        }
    }

    /// A layer with more than one statement of the kinds that need others.
    pub fn structured_layer(&mut self) -> String {
        let [name, w, h] = [(); 3].map(|()| self.new_name());
        let attribute = self.attribute();
        let lag = *self.choices.pick(&["t - 1", "t - 2", "t + 1", "t - N", "t"]);
        let body = match self.choices.below(7) {
            0 => format!(
                "(I; a = 0.5) {{ input x[t: T, i: I]; param {w}[i: I, j: I] ~ uniform(1); \
                 scan t {{ {h}[t, i] = tanh(x[t, i] + a * sum(j: {w}[i, j] * {h}[{lag}, j])); }} y[i] = {h}[T - 1, i]; }}"
            ),
            1 => format!(
                "(I) {{ input x[t: T, i: I]; param first[i: I] ~ zeros(); {h}[-1, i] = first[i]; \
                 scan t {{ g[t, i] = x[t, i] * {h}[t - 1, i]; {h}[t, i] = g[t, i] + {}; }} y[t, i] = {h}[t, i]; }}",
                self.expression(&["x[t, i]", "g[t, i]"], 1)
            ),
            2 => {
                let rounds = self.size();
                format!(
                    "(I; n = {rounds}, mode = plain | twice) {{ input x[i: I]; {h}[i] = x[i]; \
                     repeat l in 0..n {{ param {w}[i: I] as \"{w}{{l}}\" ~ ones(); let k = l + 1; \
                     {h}[i] = k * {w}[i] * {h}[i]; }} \
                     y[i] = if mode == twice {{ 2 * {h}[i] }} else {{ {h}[i] }}; }}"
                )
            }
            3 => {
                let layers = self.chain(2);
                format!("(I) {{ input x[i: I]; {h} = <{layers}>(x); y = x + {h}; }}")
            }
            4 => {
                let dim = *self.choices.pick(&["1", "2", "-1", "0", "N"]);
                format!(
                    "(I; dim = {dim}) {{ input x[..dim, i: I, ..]; m[..dim, ..] = mean(i: x[..dim, i, ..]); \
                     y[..dim, i, ..] = x[..dim, i, ..] - m[..dim, ..]; }}"
                )
            }
            5 => {
                let from = *self.choices.pick(&["0", "1", "N", "-1"]);
                format!(
                    "(I; from = {from}, pad[2] = 1 in 0..=infinity | same, bias = true) {{ input x[i: I]; \
                     let before = if pad[0] == same {{ 1 }} else {{ pad[0] }}; \
                     param b[i: I] ~ zeros() when bias; index k: I; \
                     wide[i + before: I + before + from] = x[i] else {from}; \
                     state m[i: I] ~ zeros(); m[i] <- 0.9 * m[i] + 0.1 * mean(batch: x[i]); \
                     y[k] = wide[k] + b[k] * (if training {{ random() }} else {{ m[k] }}); }}"
                )
            }
            _ => format!(
                "(I) {{ input x[.., i: I]; input mask[i: I] = 1; param {w}[o: 2 * I, i: I] ~ normal(0.1); \
                 g[.., o] = sum(i: {w}[o, i] * x[.., i] * mask[i]); y[.., i] = g[.., i] * sigmoid(g[.., i + I]); \
                 rest[.., i] = x[.., i]^2; output y, rest; }}"
            ),
        };
        self.definitions.push((name.clone(), Form::Layer));
        let body = self.or_wrong(body);
        format!("{attribute} layer {name}{body}")
    }

    /// A loss of named outputs, with a network that has them.
    pub fn structured_loss(&mut self) -> String {
        let [loss, network] = [(); 2].map(|()| self.new_name());
        let value = self.expression(&["v", "o", "k", "q[c]", "p[0]"], 2);
        let term = match self.choices.below(7) {
            0 => "sum(m in batch: if m == this { 0 } else { exp(-(v - v[m])^2) })".to_owned(),
            1 => "ln(sum(m in batch: exp(sum(a: p[a] * p[m, a]))))".to_owned(),
            2 => "cross_entropy(p, c) + huber(delta = 2)(v, o)".to_owned(),
            3 => "sum(s: -q[tag[s]])".to_owned(),
            4 => "sum(a: w[a] * if a == c { p[a] } else { 0 })".to_owned(),
            5 => "mean(a: d(q[c], p)[a]^2)".to_owned(),
            _ => "mean(a, s: p[a] * seq[s])".to_owned(),
        };
        let term = self.or_wrong(term);
        let samples = *self.choices.pick(&[
            "",
            "samples = o;",
            "samples = 0;",
            "samples = 2;",
            "samples = v;",
        ]);
        let outputs = "output p = linear(3)(x); output v = linear(1)(x);";
        let used = |name: &str| term.contains(name) || value.contains(name);
        let weights = if used("w[a]") { ", w[a: A] = 1" } else { "" };
        let tag = if used("tag") { ", tag[s: 2]: class" } else { "" };
        let seq = if used("seq") { ", seq[s: 4]" } else { "" };
        format!(
            "{network} {{ input x[i: 2]; {outputs} }} \
             loss {loss}(p[a: A], v; c: class, o{tag}{seq}; k = 0.5{weights}) {{ {samples} \
             q[a] = log_softmax(p)[a]; y = -q[c] + k * (v - o)^2 + {term} + {value}; }}"
        )
    }

    pub fn structured_optimizer(&mut self) -> String {
        let [name, m, v] = [(); 3].map(|()| self.new_name());
        let leaves = ["w", "g", "d", m.as_str(), v.as_str(), "lr", "step", "a"];
        let [first, second] = [(); 2].map(|()| self.expression(&leaves, 2));
        let text = format!(
            "optimizer {name}(w, g; lr = 1e-3 in 0..infinity, a = 0.9 in 0..1, flag = false, decay = 0) {{ \
             require a > lr when flag; state {m}; state {v} ~ constant(a) when decay != 0; state count; \
             d = if decay != 0 {{ g + decay * w }} else {{ g }}; count <- count + 1; \
             {m} <- a * {m} + (1 - a) * d; {v} <- max({v}, {first}); \
             w <- w - lr / (1 - a^step) * {m} / (sqrt({v}) + 1e-8) - (if flag {{ {second} }} else {{ 0 }}) * count; }}"
        );
        self.or_wrong(text)
    }

    pub fn sized_block(&mut self) -> String {
        let name = self.new_name();
        let [first, second] = [(); 2].map(|()| self.size());
        let layers = self.chain(2);
        let part = match self.choices.below(4) {
            0 => format!("repeat i in 0..C {{ linear(C + i); {layers} }} linear(C)"),
            1 => format!(
                "a: {{ {layers} }} residual {{ linear(C); reuse a }} shortcut {{ linear(C) }}"
            ),
            2 => format!("parallel(sum) {{ linear(C); {{ linear(S); linear(C) }} }} {layers}"),
            _ => format!("one: linear(C); reuse one; {layers}"),
        };
        let network = self.new_name();
        format!(
            "block {name}(C; S = {first})< {part} > \
             {network}< input(N); {name}({second}); again: {name}(N, S = 2); reuse again >"
        )
    }
}
