//! One random block: what it computes, and what its programs make of it.

use super::arithmetic::{Arithmetic, Dual};
use super::expressions;
use super::oracle::Oracle;
use crate::backend::rust::CompiledNetwork;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::parse;
use crate::frontend::resolve;
use crate::frontend::syntax::Block;
use crate::ir::function::{Function, Program};
use crate::ir::index::ArrayId;
use crate::ir::interpret::Memory;
use crate::pipeline::{self, Mode};
use crate::schedule::interpret::{self, Buffers};
use crate::schedule::steps::Workspace;
use crate::tests::runs::numbers;
use crate::tests::{messages, verified};

const BATCH: usize = 2;

/// Inputs lie between minus and plus this.
const WIDEST: f64 = 3.0;

/// How many inputs and parameters are tried.
const SALTS: usize = 12;

/// How far operations are moved to see what roundings do, and how often.
const MOVED: f64 = 1.0 / (1u64 << 26) as f64;
const MOVES: u64 = 6;

/// What every operation may be off, relative to its result: 64 units in the last place, since a
/// rewritten formula has other operations than the one that was written.
const FORGIVEN: f64 = 64.0 * f64::EPSILON;

/// The step of finite differences, and their tolerance.
const STEP: f64 = 1e-4;
const DIFFERENCE: f64 = 1e-7;

/// What is said of a constant in an equation that is no number: none has to be compared.
const NO_NUMBERS: [&str; 4] = [
    "this divides by zero",
    "the logarithm of 0 is −∞; write `-infinity` if it is meant",
    "this is not a number",
    "this number is too large for `f64`; write `infinity` if it is meant",
];

/// A block with one network, compiled both ways.
pub struct Case {
    pub block: Block,
    pub plain: CompiledNetwork,
    pub fast: CompiledNetwork,
}

impl Case {
    /// Nothing if a constant in it is no number.
    pub fn new(text: &str, library: &Library) -> Option<Self> {
        let mut diagnostics = Diagnostics::default();
        let tree = parse::block(text.parse().expect("tokens"), &mut diagnostics);
        resolve::block(tree, library, &mut diagnostics);
        let mistakes = messages(&diagnostics);
        if !mistakes.is_empty() && mistakes.iter().all(|one| NO_NUMBERS.contains(&one.as_str())) {
            return None;
        }
        let mut diagnostics = Diagnostics::default();
        let parsed = |diagnostics: &mut Diagnostics| {
            parse::block(text.parse().expect("tokens"), diagnostics)
        };
        let [plain, fast] = [Mode::Loops, Mode::Recognised].map(|mode| {
            let block = parsed(&mut diagnostics);
            let mut checked = resolve::block(block, library, &mut diagnostics);
            assert_eq!(messages(&diagnostics), Vec::<String>::new());
            pipeline::compile(checked.networks.remove(0), &library.tables(), mode, &mut verified)
        });
        Some(Self { block: parsed(&mut diagnostics), plain, fast })
    }

    /// The nodes of the equations in question; those that lift the input do not count.
    pub fn nodes(&self) -> usize {
        let last = self.block.definitions.last().expect("a definition");
        last.assignments.iter().map(|one| expressions::count(&one.value, &|_| 1)).sum()
    }

    /// Numbers by which the network stays where it can be compared, and what it makes of them.
    pub fn solved(&self, library: &Library) -> Option<(Given, Expected)> {
        (0..SALTS).find_map(|salt| {
            let given = self.given(salt);
            let expected = self.expected(library, &given)?;
            Some((given, expected))
        })
    }

    fn given(&self, salt: usize) -> Given {
        let program = &self.plain.program;
        let width = |array| program.array(array).width();
        let parameters = program.parameters.iter().map(|one| width(one.array)).sum();
        let function = &self.plain.predict.functions[0].function;
        let [input, output] = [function.inputs[0].array, function.outputs[0].array];
        let inputs = numbers(BATCH * width(input), 3 * salt);
        Given {
            salt,
            inputs: inputs.into_iter().map(|number| WIDEST * number).collect(),
            parameters: numbers(parameters, 3 * salt + 1),
            weights: numbers(BATCH * width(output), 3 * salt + 2),
        }
    }

    fn expected(&self, library: &Library, given: &Given) -> Option<Expected> {
        let numbers = self.computed(library, given, Arithmetic::EXACT)?;
        let mut sensitivities = vec![0.0f64; numbers.len()];
        for seed in 1..=MOVES {
            let moved = self.computed(library, given, Arithmetic { size: MOVED, seed })?;
            let moves = moved.iter().zip(&numbers).map(|(moved, number)| (moved - number).abs());
            for (sensitivity, moved) in sensitivities.iter_mut().zip(moves) {
                *sensitivity = sensitivity.max(moved / MOVED);
            }
        }
        Some(Expected { numbers, sensitivities })
    }

    /// Outputs and gradient by the oracle.
    fn computed(
        &self,
        library: &Library,
        given: &Given,
        arithmetic: Arithmetic,
    ) -> Option<Vec<f64>> {
        let outputs = self.outputs(library, given, arithmetic)?;
        let along = |k: usize| {
            let slopes = outputs.iter().map(|output| output.slopes.get(k).copied().unwrap_or(0.0));
            let weights = given.weights.iter().map(|&weight| arithmetic.moved(weight, &[]));
            slopes.zip(weights).map(|(slope, weight)| slope * weight).sum()
        };
        let gradient: Vec<f64> = (0..given.parameters.len()).map(along).collect();
        Some(outputs.iter().map(|output| output.value).chain(gradient).collect())
    }

    fn outputs(
        &self,
        library: &Library,
        given: &Given,
        arithmetic: Arithmetic,
    ) -> Option<Vec<Dual>> {
        let count = given.parameters.len();
        let moved = |numbers: &[f64]| -> Vec<f64> {
            numbers.iter().map(|&number| arithmetic.moved(number, &[])).collect()
        };
        let one_hot = |k: usize| (0..count).map(|other| f64::from(u8::from(other == k))).collect();
        let parameters = moved(&given.parameters).into_iter().enumerate();
        let parameters: Vec<Dual> =
            parameters.map(|(k, value)| Dual { value, slopes: one_hot(k) }).collect();
        let inputs: Vec<Dual> = moved(&given.inputs).into_iter().map(Dual::constant).collect();
        let oracle = Oracle { library, block: &self.block, arithmetic };
        let samples = inputs.chunks(inputs.len() / BATCH);
        let outputs = samples.map(|sample| oracle.network(sample, &parameters));
        Some(outputs.collect::<Option<Vec<_>>>()?.concat())
    }

    /// How many of the oracle's slopes agree with the 5-point rule, and one that does not.
    ///
    /// A slope is left out where a step away nothing can be compared, or where steps of two widths
    /// disagree: there is a kink between.
    pub fn slopes_that_agree(&self, library: &Library) -> (usize, Option<String>) {
        let Some((given, expected)) = self.solved(library) else { return (0, None) };
        let first = expected.numbers.len() - given.parameters.len();
        let mut agreeing = 0;
        for k in 0..given.parameters.len() {
            let difference = |step| self.difference(library, &given, k, step);
            let (Some(wide), Some(narrow)) = (difference(STEP), difference(STEP / 3.0)) else {
                continue;
            };
            let slope = expected.numbers[first + k];
            let permitted = DIFFERENCE * expected.sensitivities[first + k].max(1.0);
            if (slope - wide).abs() <= permitted {
                agreeing += 1;
            } else if (wide - narrow).abs() <= permitted {
                return (agreeing, Some(format!("slope {k} is {slope:e}, not {wide:e}")));
            }
        }
        (agreeing, None)
    }

    fn difference(&self, library: &Library, given: &Given, k: usize, step: f64) -> Option<f64> {
        let at = |steps: f64| {
            let mut given = given.clone();
            given.parameters[k] += steps * step;
            let outputs = self.outputs(library, &given, Arithmetic::EXACT)?;
            let terms = outputs.iter().zip(&given.weights);
            Some(terms.map(|(output, weight)| output.value * weight).sum::<f64>())
        };
        let (near, far) = (at(1.0)? - at(-1.0)?, at(2.0)? - at(-2.0)?);
        Some((8.0 * near - far) / (12.0 * step))
    }
}

/// What a network is given.
#[derive(Clone)]
pub struct Given {
    pub salt: usize,
    inputs: Vec<f64>,
    parameters: Vec<f64>,
    /// The gradient on the outputs.
    weights: Vec<f64>,
}

impl Given {
    /// Outputs and gradient by the statements.
    pub fn by_statements(&self, network: &CompiledNetwork) -> Vec<f64> {
        let program = &network.program;
        let [forward, backward] = [0, 1].map(|at| &network.training.functions[at].function);
        let mut memory = Memory::new(program, BATCH);
        memory.set(forward.inputs[0].array, self.inputs.clone());
        for (array, values) in self.parameters(program) {
            memory.set(array, values);
        }
        memory.run(&forward.body);
        let mut results = memory.get(forward.outputs[0].array).to_vec();
        memory.set(forward.inputs[1].array, self.weights.clone());
        memory.run(&backward.body);
        results.extend(gradients(program, backward).flat_map(|array| memory.get(array)));
        results
    }

    /// Outputs and gradient by the schedules, the samples in batches of some size.
    pub fn by_steps(&self, network: &CompiledNetwork, size: usize) -> Vec<f64> {
        let (program, workspace) = (&network.program, &network.training);
        let [forward, backward] = [0, 1].map(|at| &workspace.functions[at]);
        let mut outputs = Vec::new();
        let mut gradient = vec![0.0; self.parameters.len()];
        for batch in batches(size) {
            let mut buffers = self.buffers(program, workspace, &batch);
            interpret::run(&mut buffers, &forward.steps);
            outputs.extend(batch.counted(buffers.get(forward.function.outputs[0].array)));
            buffers.set(forward.function.inputs[1].array, &batch.weights(&self.weights));
            interpret::run(&mut buffers, &backward.steps);
            let found = gradients(program, &backward.function);
            let found = found.flat_map(|array| buffers.get(array));
            gradient.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
        }
        [outputs, gradient].concat()
    }

    /// The outputs by the schedule that makes nothing else.
    pub fn inferred(&self, network: &CompiledNetwork, size: usize) -> Vec<f64> {
        let predict = &network.predict.functions[0];
        let outputs = batches(size).into_iter().flat_map(|batch| {
            let mut buffers = self.buffers(&network.program, &network.predict, &batch);
            interpret::run(&mut buffers, &predict.steps);
            batch.counted(buffers.get(predict.function.outputs[0].array))
        });
        outputs.collect()
    }

    fn buffers<'a>(
        &self,
        program: &'a Program,
        workspace: &'a Workspace,
        batch: &Batch,
    ) -> Buffers<'a> {
        let mut buffers = Buffers::new(program, workspace, batch.samples.len());
        let width = self.inputs.len() / BATCH;
        let inputs = batch.samples.iter().map(|&sample| &self.inputs[sample * width..][..width]);
        let input = workspace.functions[0].function.inputs[0].array;
        buffers.set(input, &inputs.collect::<Vec<_>>().concat());
        for (array, values) in self.parameters(program) {
            buffers.set(array, &values);
        }
        buffers
    }

    /// The parameters with their numbers.
    fn parameters(&self, program: &Program) -> Vec<(ArrayId, Vec<f64>)> {
        let mut numbers = self.parameters.iter().copied();
        let parameters = program.parameters.iter().map(|parameter| parameter.array);
        let values = |array| numbers.by_ref().take(program.array(array).width()).collect();
        let arrays: Vec<ArrayId> = parameters.collect();
        arrays.iter().copied().zip(arrays.iter().copied().map(values).collect::<Vec<_>>()).collect()
    }
}

/// The gradient on every parameter.
fn gradients(program: &Program, backward: &Function) -> impl Iterator<Item = ArrayId> {
    (0..program.parameters.len()).map(|number| backward.gradient(number).expect("a gradient"))
}

/// The two samples among copies of the first one, which have no weight.
struct Batch {
    samples: Vec<usize>,
    /// Where the two samples are that count.
    places: Vec<usize>,
}

/// The samples in batches of some size.
fn batches(size: usize) -> Vec<Batch> {
    if size < BATCH {
        return (0..BATCH).map(|one| Batch { samples: vec![one], places: vec![0] }).collect();
    }
    let mut samples = vec![0; size];
    samples[size - 1] = 1;
    vec![Batch { samples, places: vec![size / 2 - 1, size - 1] }]
}

impl Batch {
    /// The outputs of the samples that count.
    fn counted(&self, outputs: &[f64]) -> Vec<f64> {
        let width = outputs.len() / self.samples.len();
        self.places.iter().flat_map(|&place| &outputs[place * width..][..width]).copied().collect()
    }

    /// The gradient on the outputs, given that of the two samples.
    fn weights(&self, weights: &[f64]) -> Vec<f64> {
        let width = weights.len() / BATCH;
        let mut all = vec![0.0; width * self.samples.len()];
        for &place in &self.places {
            let sample = self.samples[place];
            all[place * width..][..width].copy_from_slice(&weights[sample * width..][..width]);
        }
        all
    }
}

/// Outputs sample by sample, then the gradient on every parameter.
pub struct Expected {
    pub numbers: Vec<f64>,
    /// How far each number moves, per relative error of every operation.
    pub sensitivities: Vec<f64>,
}

impl Expected {
    /// What is wrong with results, of which there may be fewer.
    pub fn disagreement(&self, found: &[f64]) -> Option<String> {
        (0..found.len()).find_map(|k| {
            let (found, expected) = (found[k], self.numbers[k]);
            let permitted = FORGIVEN * self.sensitivities[k];
            let is_close = (found - expected).abs() <= permitted;
            let message =
                || format!("number {k} is {found:e}, not {expected:e} (±{permitted:.1e})");
            (!is_close).then(message)
        })
    }
}
