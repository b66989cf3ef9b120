//! Random networks: bodies of layers with their options, arithmetic on arrays, blocks, branches, derivatives and
//! several inputs and outputs, of shapes with ones and primes. Each is written as a declaration, and for
//! PyTorch.

use std::fmt::Write;

use super::choices::Choices;

/// Arrays that statements make, at most.
const STATEMENTS: usize = 7;

/// The numbers of one array, at most.
const LARGEST: usize = 72;

/// Sizes of layers and of the inputs' axes.
const SIZES: [usize; 8] = [3, 5, 2, 7, 1, 4, 11, 6];

/// Activations as each language calls them; a kink would make two right answers.
const ACTIVATIONS: [(&str, &str); 8] = [
    ("tanh", "torch.tanh"),
    ("sigmoid", "torch.sigmoid"),
    ("gelu", "functional.gelu"),
    ("silu", "functional.silu"),
    ("softplus", "functional.softplus"),
    ("mish", "functional.mish"),
    ("elu(0.5)", "half_elu"),
    ("softsign", "functional.softsign"),
];

/// A network, as it is declared and as a function of PyTorch.
pub struct Network {
    pub declaration: String,
    /// Statements over the inputs, in which `p(…)` is the next parameter.
    pub torch: String,
    pub inputs: Vec<(String, Vec<usize>)>,
    pub outputs: Vec<(String, Vec<usize>)>,
}

#[derive(Clone)]
struct Array {
    name: String,
    shape: Vec<usize>,
    is_read: bool,
}

impl Array {
    fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

struct Writer<'a> {
    choices: &'a mut Choices,
    arrays: Vec<Array>,
    blocks: String,
    body: String,
    torch: String,
    /// Those of the network itself, which come first.
    torch_parameters: String,
    made: usize,
    number: u64,
}

/// What a layer makes of an array: how it is declared, what it is in PyTorch, and its shape.
struct Applied {
    layer: String,
    torch: String,
    shape: Vec<usize>,
}

/// The network of a number.
pub fn network(choices: &mut Choices, number: u64) -> Network {
    let mut writer = Writer {
        choices,
        arrays: Vec::new(),
        blocks: String::new(),
        body: String::new(),
        torch: String::new(),
        torch_parameters: String::new(),
        made: 0,
        number,
    };
    let inputs = writer.inputs();
    for _ in 0..STATEMENTS {
        writer.statement();
    }
    let outputs = writer.outputs();
    let Writer { blocks, body, torch, torch_parameters, .. } = writer;
    let torch = torch_parameters + &torch;
    let declaration = format!("{blocks}pub Random{number} {{\n{body}}}\n");
    Network { declaration, torch, inputs, outputs }
}

impl Writer<'_> {
    fn size(&mut self) -> usize {
        *self.choices.pick(&SIZES)
    }

    fn inputs(&mut self) -> Vec<(String, Vec<usize>)> {
        let ranks = *self.choices.pick(&[[1, 3], [2, 1], [3, 2], [1, 1], [2, 3]]);
        let inputs = ["a", "b"].into_iter().zip(ranks).map(|(name, rank)| {
            let shape: Vec<usize> = (0..rank)
                .map(|axis| if axis == 0 { self.size().min(5) } else { self.size() + 1 })
                .collect();
            let axes = ["i", "j", "k"].into_iter().zip(&shape);
            let axes: Vec<String> = axes.map(|(index, size)| format!("{index}: {size}")).collect();
            let _ = writeln!(self.body, "    input {name}[{}];", axes.join(", "));
            self.arrays.push(Array { name: name.to_owned(), shape: shape.clone(), is_read: false });
            (name.to_owned(), shape)
        });
        inputs.collect()
    }

    /// An array that nothing reads yet, where there is one, or any.
    fn array(&mut self) -> Array {
        let unread: Vec<usize> =
            (0..self.arrays.len()).filter(|&at| !self.arrays[at].is_read).collect();
        let at = if unread.is_empty() || self.choices.one_in(3) {
            self.choices.below(self.arrays.len())
        } else {
            *self.choices.pick(&unread)
        };
        self.arrays[at].is_read = true;
        self.arrays[at].clone()
    }

    fn make(&mut self, shape: Vec<usize>, value: &str, torch: &str) {
        let name = format!("h{}", self.made);
        self.made += 1;
        let _ = writeln!(self.body, "    {name} = {value};");
        let _ = writeln!(self.torch, "    {name} = {torch}");
        self.arrays.push(Array { name, shape, is_read: false });
    }

    fn statement(&mut self) {
        match self.choices.below(9) {
            0 | 1 => self.chain(),
            2 => self.arithmetic(),
            3 => self.joined(),
            4 => self.branches(),
            5 => self.parameter(),
            6 => self.contraction(),
            7 => self.block(),
            _ => self.derivative(),
        }
    }

    /// Layers one after the other, on one array.
    fn chain(&mut self) {
        let array = self.array();
        let count = 1 + self.choices.below(3);
        let (mut layers, mut torch, mut shape) = (Vec::new(), array.name.clone(), array.shape);
        for _ in 0..count {
            let applied = self.layer(&torch, &shape);
            layers.push(applied.layer);
            (torch, shape) = (applied.torch, applied.shape);
        }
        let value = match layers.as_slice() {
            [one] if one.contains('(') => format!("{one}({})", array.name),
            _ => format!("<{}>({})", layers.join("; "), array.name),
        };
        self.make(shape, &value, &torch);
    }

    fn activation(&mut self) -> (&'static str, &'static str) {
        *self.choices.pick(&ACTIVATIONS)
    }

    /// A layer that such an array fits.
    fn layer(&mut self, input: &str, shape: &[usize]) -> Applied {
        let made = match *shape {
            [n] => self.layer_of_vector(input, n),
            [c, l] => self.layer_of_rows(input, [c, l]),
            [c, h, w] => self.layer_of_image(input, [c, h, w]),
            _ => None,
        };
        made.filter(|one| one.shape.iter().product::<usize>() <= LARGEST).unwrap_or_else(|| {
            let (layer, torch) = self.activation();
            let torch = format!("{torch}({input})");
            Applied { layer: layer.to_owned(), torch, shape: shape.to_vec() }
        })
    }

    fn layer_of_vector(&mut self, input: &str, n: usize) -> Option<Applied> {
        let same =
            |layer: &str, torch: String| Applied { layer: layer.to_owned(), torch, shape: vec![n] };
        Some(match self.choices.below(7) {
            0 | 1 => {
                let outputs = self.size();
                if self.choices.one_in(3) {
                    let layer = format!("linear({outputs}, bias = false)");
                    let torch = format!("functional.linear({input}, p({outputs}, {n}))");
                    return Some(Applied { layer, torch, shape: vec![outputs] });
                }
                let layer = format!("linear({outputs})");
                let torch = format!("functional.linear({input}, p({outputs}, {n}), p({outputs}))");
                Applied { layer, torch, shape: vec![outputs] }
            }
            2 => same("softmax", format!("torch.softmax({input}, 1)")),
            3 => same("log_softmax", format!("torch.log_softmax({input}, 1)")),
            4 if n > 1 => same(
                "layer_norm",
                format!("functional.layer_norm({input}, ({n},), p({n}), p({n}))"),
            ),
            5 => same("rms_norm", format!("rms_norm({input}, p({n}))")),
            _ => return None,
        })
    }

    /// The same for each row along the last axis.
    fn linear_of_rows(&mut self, input: &str, rows: &[usize], size: usize) -> Applied {
        let outputs = self.size().min(5);
        let layer = format!("linear({outputs})");
        let torch = format!("functional.linear({input}, p({outputs}, {size}), p({outputs}))");
        Applied { layer, torch, shape: [rows, &[outputs]].concat() }
    }

    fn layer_of_rows(&mut self, input: &str, [c, l]: [usize; 2]) -> Option<Applied> {
        Some(match self.choices.below(8) {
            0 => {
                let torch = format!("{input}.flatten(1)");
                Applied { layer: "flatten".to_owned(), torch, shape: vec![c * l] }
            }
            5 => self.linear_of_rows(input, &[c], l),
            6 if l > 1 => {
                let layer = "layer_norm".to_owned();
                let torch = format!("functional.layer_norm({input}, ({l},), p({l}), p({l}))");
                Applied { layer, torch, shape: vec![c, l] }
            }
            1 | 2 => {
                let (o, k) = (self.size().min(5), 1 + self.choices.below(l.min(3)));
                let (stride, padding) = (1 + self.choices.below(2), self.choices.below(2));
                let length = (l + 2 * padding - k) / stride + 1;
                let layer = format!("conv1d({o}, {k}, stride = {stride}, padding = {padding})");
                let torch = format!(
                    "functional.conv1d({input}, p({o}, {c}, {k}), p({o}), {stride}, {padding})"
                );
                Applied { layer, torch, shape: vec![o, length] }
            }
            3 if l > 1 => {
                let k = 2 + self.choices.below(l.min(3) - 1);
                let layer = format!("avg_pool1d({k})");
                let torch = format!("functional.avg_pool1d({input}, {k})");
                Applied { layer, torch, shape: vec![c, l / k] }
            }
            4 => {
                let hidden = 1 + self.choices.below(5);
                let parameters =
                    [[3 * hidden, l], [3 * hidden, hidden]].map(|[r, s]| format!("p({r}, {s})"));
                let layer = format!("gru({hidden})");
                let torch = format!(
                    "gru({input}, {}, {}, p({}), p({}))",
                    parameters[0],
                    parameters[1],
                    3 * hidden,
                    3 * hidden
                );
                Applied { layer, torch, shape: vec![hidden] }
            }
            _ => return None,
        })
    }

    fn layer_of_image(&mut self, input: &str, [c, h, w]: [usize; 3]) -> Option<Applied> {
        Some(match self.choices.below(7) {
            0 => {
                let torch = format!("{input}.flatten(1)");
                Applied { layer: "flatten".to_owned(), torch, shape: vec![c * h * w] }
            }
            5 => self.linear_of_rows(input, &[c, h], w),
            1 | 2 => {
                let o = self.size().min(5);
                let k = [h, w].map(|size| 1 + self.choices.below(size.min(3)));
                let stride = [1 + self.choices.below(2), 1 + self.choices.below(3)];
                let padding = [self.choices.below(2), self.choices.below(2)];
                let extent = |size: usize, axis: usize| {
                    (size + 2 * padding[axis] - k[axis]) / stride[axis] + 1
                };
                let options = format!("stride = {}, padding = {}", pair(stride), pair(padding));
                let layer = format!("conv2d({o}, {}, {options})", pair(k));
                let torch = format!(
                    "functional.conv2d({input}, p({o}, {c}, {}, {}), p({o}), {options})",
                    k[0], k[1]
                );
                Applied { layer, torch, shape: vec![o, extent(h, 0), extent(w, 1)] }
            }
            3 => {
                let k = [h, w].map(|size| 1 + self.choices.below(size.min(3)));
                let layer = format!("avg_pool2d({})", pair(k));
                let torch = format!("functional.avg_pool2d({input}, {})", pair(k));
                Applied { layer, torch, shape: vec![c, h / k[0], w / k[1]] }
            }
            4 if c * h * w > 1 => {
                let layer = format!("group_norm(1, {c})");
                let torch = format!("functional.group_norm({input}, 1, p({c}), p({c}))");
                Applied { layer, torch, shape: vec![c, h, w] }
            }
            _ => return None,
        })
    }

    /// Arithmetic on whole arrays of one shape.
    fn arithmetic(&mut self) {
        let first = self.array();
        let same: Vec<Array> =
            self.arrays.iter().filter(|other| other.shape == first.shape).cloned().collect();
        let second = self.choices.pick(&same).clone();
        self.mark(&second.name);
        let (a, b) = (&first.name, &second.name);
        let (value, torch) = match self.choices.below(4) {
            0 => (format!("{a} + 0.5 * {b}"), format!("{a} + 0.5 * {b}")),
            1 => (format!("{a} * {b} - 1"), format!("{a} * {b} - 1")),
            2 => (format!("{a} / (1 + {b}^2)"), format!("{a} / (1 + {b}**2)")),
            _ => (
                format!("tanh({a}) * sigmoid({b})"),
                format!("torch.tanh({a}) * torch.sigmoid({b})"),
            ),
        };
        self.make(first.shape, &value, &torch);
    }

    fn mark(&mut self, name: &str) {
        for array in self.arrays.iter_mut().filter(|array| array.name == name) {
            array.is_read = true;
        }
    }

    /// Two or three vectors as one.
    fn joined(&mut self) {
        let vectors: Vec<Array> =
            self.arrays.iter().filter(|array| array.shape.len() == 1).cloned().collect();
        if vectors.len() < 2 {
            return self.chain();
        }
        let count = 2 + self.choices.below(2);
        let parts: Vec<Array> = (0..count).map(|_| self.choices.pick(&vectors).clone()).collect();
        let size: usize = parts.iter().map(Array::count).sum();
        if size > LARGEST {
            return self.chain();
        }
        let names: Vec<String> = parts.iter().map(|one| one.name.clone()).collect();
        for name in &names {
            self.mark(name);
        }
        let names = names.join(", ");
        self.make(vec![size], &format!("concat({names})"), &format!("torch.cat([{names}], 1)"));
    }

    /// Branches from one array, added to it or put beside each other.
    fn branches(&mut self) {
        let array = self.array();
        let [n] = array.shape[..] else { return self.chain_of(array) };
        let name = &array.name;
        let hidden = self.size();
        let (layer, torch) = self.activation();
        let [inner, outer] =
            [(hidden, n), (n, hidden)].map(|(o, i)| format!("p({o}, {i}), p({o})"));
        let inner = format!("{torch}(functional.linear({name}, {inner}))");
        if self.choices.one_in(2) {
            let value = format!("<residual {{ linear({hidden}); {layer}; linear({n}) }}>({name})");
            let torch = format!("{name} + functional.linear({inner}, {outer})");
            self.make(vec![n], &value, &torch);
        } else {
            let value = format!(
                "<parallel {{ {{ linear({hidden}); {layer} }}; linear({hidden}, bias = false) }}>({name})"
            );
            let torch =
                format!("torch.cat([{inner}, functional.linear({name}, p({hidden}, {n}))], 1)");
            self.make(vec![2 * hidden], &value, &torch);
        }
    }

    /// An activation of an array that nothing else fits.
    fn chain_of(&mut self, array: Array) {
        let (layer, torch) = self.activation();
        let (value, torch) =
            (format!("<{layer}>({})", array.name), format!("{torch}({})", array.name));
        self.make(array.shape, &value, &torch);
    }

    /// A parameter of the network itself.
    fn parameter(&mut self) {
        let array = self.array();
        let name = format!("w{}", self.made);
        let axes = ["i", "j", "k"].into_iter().zip(&array.shape);
        let axes: Vec<String> = axes.map(|(index, size)| format!("{index}: {size}")).collect();
        let sizes: Vec<String> = array.shape.iter().map(ToString::to_string).collect();
        let _ = writeln!(self.body, "    param {name}[{}] ~ uniform(1);", axes.join(", "));
        let _ = writeln!(self.torch_parameters, "    {name} = p({})", sizes.join(", "));
        let product = format!("{name} * {}", array.name);
        self.make(array.shape, &product, &product);
    }

    /// An equation with indices: a product of two vectors, or the sum along an axis.
    fn contraction(&mut self) {
        let array = self.array();
        let name = array.name.clone();
        match array.shape[..] {
            [n] => {
                let other = self.arrays.iter().rev().find(|one| one.shape.len() == 1).cloned();
                let other = other.unwrap_or_else(|| array.clone());
                if n * other.count() > LARGEST {
                    return self.chain_of(array);
                }
                self.mark(&other.name);
                let (target, second) = (format!("h{}", self.made), &other.name);
                let value = format!("{name}[o] * {second}[p]");
                let torch = format!("{name}[:, :, None] * {second}[:, None, :]");
                self.indexed(&target, "[o, p]", vec![n, other.count()], &value, &torch);
            }
            [c, _] => {
                let target = format!("h{}", self.made);
                let value = format!("sum(q: {name}[o, q] * {name}[p, q])");
                let torch = format!("{name} @ {name}.transpose(1, 2)");
                self.indexed(&target, "[o, p]", vec![c, c], &value, &torch);
            }
            [c, ..] => {
                let target = format!("h{}", self.made);
                let value = format!("mean(p, q: {name}[o, p, q]) + max(p, q: {name}[o, p, q]^2)");
                let torch = format!("{name}.mean((2, 3)) + ({name}**2).amax((2, 3))");
                self.indexed(&target, "[o]", vec![c], &value, &torch);
            }
            [] => self.chain_of(array),
        }
    }

    fn indexed(&mut self, name: &str, at: &str, shape: Vec<usize>, value: &str, torch: &str) {
        self.made += 1;
        let _ = writeln!(self.body, "    {name}{at} = {value};");
        let _ = writeln!(self.torch, "    {name} = {torch}");
        self.arrays.push(Array { name: name.to_owned(), shape, is_read: false });
    }

    /// A block of layers, declared beside the network.
    fn block(&mut self) {
        let array = self.array();
        let [n] = array.shape[..] else { return self.chain_of(array) };
        let (name, hidden) = (format!("part{}_{}", self.number, self.made), self.size());
        let (layer, torch) = self.activation();
        let _ = writeln!(self.blocks, "block {name}< linear({hidden}); {layer} >");
        let torch =
            format!("{torch}(functional.linear({}, p({hidden}, {n}), p({hidden})))", array.name);
        self.make(vec![hidden], &format!("{name}({})", array.name), &torch);
    }

    /// The gradient of a sum of squares by an array that it is computed from.
    fn derivative(&mut self) {
        let array = self.array();
        // The derivative by a single number has no axes.
        if array.count() > 32 || array.count() == 1 {
            return self.chain_of(array);
        }
        let (name, energy) = (array.name.clone(), format!("e{}", self.made));
        let letters = ["o", "p", "q"];
        let at = letters[..array.shape.len()].join(", ");
        let _ =
            writeln!(self.body, "    {energy} = sum({at}: tanh({name}[{at}])^3 + {name}[{at}]^2);");
        let _ = writeln!(
            self.torch,
            "    {energy} = (torch.tanh({name}) ** 3 + {name}**2).flatten(1).sum(1)"
        );
        let value = format!("d({energy}, {name})");
        let torch = format!("derivative({energy}, {name})");
        self.make(array.shape, &value, &torch);
    }

    /// Two outputs that depend on all that nothing else reads.
    fn outputs(&mut self) -> Vec<(String, Vec<usize>)> {
        let unread: Vec<Array> = self.arrays.iter().filter(|one| !one.is_read).cloned().collect();
        let (mut terms, mut torch) = (Vec::new(), Vec::new());
        for Array { name, shape, .. } in &unread {
            let at = ["o", "p", "q"][..shape.len()].join(", ");
            terms.push(format!("mean({at}: {name}[{at}] * {name}[{at}])"));
            torch.push(format!("({name} * {name}).flatten(1).mean(1)"));
        }
        if terms.is_empty() {
            let last = self.arrays[self.arrays.len() - 1].clone();
            let at = ["o", "p", "q"][..last.shape.len()].join(", ");
            terms.push(format!("sum({at}: {}[{at}])", last.name));
            torch.push(format!("{}.flatten(1).sum(1)", last.name));
        }
        let _ = writeln!(self.body, "    output z = {};", terms.join(" + "));
        let _ = writeln!(self.torch, "    z = {}", torch.join(" + "));
        let last = self.arrays[self.arrays.len() - 1].clone();
        let _ = writeln!(self.body, "    output y = 0.5 * {};", last.name);
        let _ = writeln!(self.torch, "    y = 0.5 * {}", last.name);
        vec![("z".to_owned(), Vec::new()), ("y".to_owned(), last.shape)]
    }
}

/// `(2, 3)`
fn pair([a, b]: [usize; 2]) -> String {
    format!("({a}, {b})")
}
