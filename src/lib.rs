#![doc = include_str!("../README.md")]

extern crate self as tapeless;

pub use nalgebra;
pub use nncore::training::{initialise, metrics, optimizer, resume, schedule};

pub mod data;
#[cfg(feature = "report")]
pub mod report;

/// Parameters in files, in bytes and in streams, as safetensors under PyTorch's keys.
///
/// ```
/// use tapeless::checkpoint::{load_with, save_to, to_bytes};
/// use tapeless::prelude::*;
///
/// network! {
///     Small< body: linear(3, 4); relu; head: linear(2) >
///     Large< body: linear(3, 4); relu; middle: linear(4); relu; head: linear(2) >
/// }
///
/// let small = Small::new(&mut seed(0));
/// let path = std::env::temp_dir().join(format!("small-{}.safetensors", std::process::id()));
/// save(&*small, &path)?;
/// let mut other = Small::zeros();
/// load(&mut *other, &path)?;
/// assert_eq!(other.as_slice(), small.as_slice());
///
/// // A file whose keys are others, and numbers of another type.
/// let mut precise = SmallOf::<f64>::zeros();
/// load_with(&mut *precise, &path, |key| key.replace("encoder.", "body."))?;
/// assert_eq!(precise.body.weight[(0, 0)], f64::from(small.body.weight[(0, 0)]));
/// # std::fs::remove_file(path)?;
///
/// // From bytes, such as of `include_bytes!`, what two networks have in common.
/// let bytes = to_bytes(&*small)?;
/// let mut large = Large::new(&mut seed(1));
/// let keys = Checkpoint::from_bytes(&*bytes).load_partial(&mut *large)?;
/// assert_eq!(keys.missing, ["middle.weight", "middle.bias"]);
/// assert_eq!(large.head.weight, small.head.weight);
///
/// // Through any writer and reader.
/// let mut stream = std::collections::VecDeque::new();
/// save_to(&*large, &mut stream)?;
/// Checkpoint::from_reader(stream)?.load(&mut *Large::zeros())?;
///
/// // All of a run that is to go on: what can be [resumed](crate::resume), under names of your own.
/// use tapeless::checkpoint::{load_run, save_run};
///
/// let (mut model, mut rng, mut epoch) = (Small::new(&mut seed(0)), seed(1), 3u64);
/// let mut adam = Adam::default().over(&model)?;
/// let path = std::env::temp_dir().join(format!("run-{}.safetensors", std::process::id()));
/// save_run(&*model, &[("optimizer", &adam), ("rng", &rng), ("epoch", &epoch)], &path)?;
/// load_run(
///     &mut *model,
///     &mut [("optimizer", &mut adam), ("rng", &mut rng), ("epoch", &mut epoch)],
///     &path,
/// )?;
/// load(&mut *model, &path)?;                                 // the network alone
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "files")]
pub mod checkpoint {
    pub use nncore::files::{
        Checkpoint, CheckpointError, IncompatibleKeys, Medium, Mismatch, OtherShape, OtherType,
        Several, load, load_run, load_with, run_to_bytes, save, save_run, save_to, to_bytes,
    };
}

/// What every network can do, its parameters' names, and its samples.
///
/// ```
/// use tapeless::prelude::*;
///
/// network! { Net< body: { linear(3, 4); relu; linear(4) } head: linear(2) > }
///
/// assert_eq!(Net::range("head.weight")?, 36..44);
/// assert_eq!(Net::range("body.")?, 0..36);
/// let error = Net::range("heat.").unwrap_err();
/// assert_eq!(error.to_string(), "no parameter is called `heat.`; did you mean `head.`?");
/// # Ok::<(), tapeless::network::NameError>(())
/// ```
pub mod network {
    pub use nncore::inference::{
        ArrayInfo, Batch, BatchError, Chain, InputBatch, InputGradients, Integer, Integers, Logits,
        NameError, NamedOutputs, Network, OutputGradients, ParameterInfo, PartError, Parts,
        Probabilities, Samples, SamplesView, SingleInput, SingleOutput,
    };
}

/// What two networks have in common, from one to the other.
///
/// ```
/// use tapeless::prelude::*;
/// use tapeless::transfer::transfer;
///
/// network! {
///     Trained< body: linear(3, 8); tanh; head: linear(10) >
///     Tuned< body: linear(3, 8); tanh; middle: linear(8); tanh; head: linear(2) >
/// }
///
/// let trained = Trained::new(&mut seed(0));
/// let mut tuned = Tuned::new(&mut seed(1));
/// let transfer = transfer(&*trained, &mut *tuned);
/// assert_eq!(transfer.taken, ["body.weight", "body.bias"]);
/// assert_eq!(transfer.only_in_target, ["middle.weight", "middle.bias"]);
/// let head = transfer.other_shapes[0];
/// assert_eq!((head.name, head.source, head.target), ("head.weight", &[10, 8][..], &[2, 8][..]));
/// assert_eq!(tuned.body.weight, trained.body.weight);
/// ```
///
/// Under other names; a network inside another is a [`part`](network::Parts::part) of it.
///
/// ```
/// use tapeless::prelude::*;
/// use tapeless::transfer::transfer_with;
///
/// network! {
///     Trained< body: linear(3, 8); tanh; head: linear(10) >
///     Encoder< encoder: linear(3, 8); tanh >
/// }
///
/// let (trained, mut encoder) = (Trained::new(&mut seed(0)), Encoder::new(&mut seed(1)));
/// let renamed = |name: &str| name.replacen("body.", "encoder.", 1);
/// assert_eq!(transfer_with(&*trained, &mut *encoder, renamed).taken.len(), 2);
/// assert_eq!(encoder.encoder.weight, trained.body.weight);
/// ```
pub mod transfer {
    pub use nncore::inference::{OtherShape, Transfer, transfer, transfer_with};
}

/// A network's parameters as one block, and what is done to gradients.
///
/// ```
/// use tapeless::prelude::*;
///
/// network! { Net< linear(2, 3) > }
///
/// let data = Dataset::new()
///     .with_reals("x", 2, [0.5, 1.0, -1.0, 2.0, 0.0, 1.5])?
///     .with_integers("y", 1, [0u8, 2, 1])?;
/// let mut model = Net::new(&mut seed(0));
/// let (mut sum, mut gradient, mut pass) = (Net::zeros(), Net::zeros(), Net::pass(2));
/// // The gradient of three samples, two at a time.
/// for batch in data.batches(2) {
///     let logits = model.forward_batch(batch.matrix("x")?, &mut pass)?;
///     logits.loss(CrossEntropy::default(), batch.integers("y")?)?.backward(&mut gradient);
///     sum.add(&gradient, batch.len() as f64 / data.len() as f64);
/// }
/// let before = sum.clip_norm(0.1);
/// assert!(before > 0.1 && (sum.norm() - 0.1).abs() < 1e-6);
/// Sgd::default().over(&model)?.step(&mut model, &sum);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod parameters {
    pub use nncore::memory::Parameters;
    pub use nncore::training::Gradient;
}

/// The steps of a network's training.
///
/// Networks are chained by hand through the gradients on their inputs, which a network has if it asks for them:
///
/// ```
/// use tapeless::prelude::*;
///
/// network! {
///     Generator< linear(2, 16); tanh; linear(3) >
///     #[input_gradients]
///     Discriminator< linear(3, 16); tanh; linear(1) >
/// }
///
/// let (generator, discriminator) = (Generator::new(&mut seed(0)), Discriminator::new(&mut seed(1)));
/// let (mut of_generator, mut of_discriminator) = (Generator::zeros(), Discriminator::zeros());
/// let (mut pass, mut judge) = (Generator::pass(4), Discriminator::pass(4));
///
/// let noise = Samples::<f32, Const<2>>::from_element(4, 0.5);
/// let made = generator.forward_batch(&noise, &mut pass)?;
/// let seen = made.values().clone_owned();
/// let judged = discriminator.forward_batch(&seen, &mut judge)?;
/// let loss = judged.loss(MeanSquaredError::default(), &[1.0f32; 4])?;
/// let on_made = loss.backward_through(&mut of_discriminator);
/// made.backward(on_made, &mut of_generator)?;
/// assert!(of_generator.norm() > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod pass {
    pub use nncore::inference::BatchError;
    pub use nncore::training::{LossValue, Outputs, Pass, Trainable};
}

/// The scalar types, f32 and f64.
pub mod real {
    pub use nncore::scalar::Real;
}

/// The table of a network's layers.
pub mod summary {
    pub use nncore::inference::{LayerSummary, Summary};
}

/// How many threads compute.
#[cfg(feature = "threads")]
pub mod threads {
    pub use nncore::parallel::{set_threads, threads};
}

/// Training in one call.
///
/// ```
/// use tapeless::metrics::Accuracy;
/// use tapeless::prelude::*;
/// use tapeless::schedule::CosineAnnealingLr;
/// use tapeless::trainer::{EarlyStopping, Progress, from_fn};
///
/// network! { Net< linear(2, 16); tanh; linear(2) > }
///
/// // Is a point inside of a circle?
/// let point = |k: usize| SVector::from([(k * 7 % 20) as f32 / 10.0 - 1.0, (k * 3 % 19) as f32 / 9.0 - 1.0]);
/// let data = from_fn(200, |samples| {
///     let points: Vec<_> = samples.iter().map(|&k| point(k)).collect();
///     let labels: Vec<u8> = points.iter().map(|point| u8::from(point.norm() < 0.7)).collect();
///     (Samples::from_columns(&points), labels)
/// });
///
/// let mut model = Net::new(&mut seed(0));
/// let history = Trainer::new(CrossEntropy::default(), Adam { lr: 0.02, ..Adam::default() })
///     .epochs(30)
///     .batch_size(16)
///     .schedule(CosineAnnealingLr { t_max: 30, eta_min: 0.0 })
///     .validation_split(0.2)
///     .metric(Accuracy::default())
///     .early_stopping(EarlyStopping { patience: 10, ..EarlyStopping::default() })
///     .progress(Progress::Silent)
///     .fit(&mut model, &data)?;
/// let accuracy = history.metric("accuracy").unwrap_or_default();
/// assert!(accuracy.last() > accuracy.first());
/// # Ok::<(), tapeless::trainer::TrainError>(())
/// ```
///
/// Several inputs, outputs and targets are the structs of the network and its loss:
///
/// ```
/// use tapeless::prelude::*;
/// use tapeless::trainer::{Progress, from_fn};
///
/// network! {
///     Robot {
///         input camera[p: 4];
///         input joint;
///         h = <linear(8); tanh>(concat(camera, joint));
///         output policy = linear(2)(h);
///         output value = linear(1)(h);
///     }
///     loss imitation(policy[a: A], value; action: class, worth; weight = 0.5) =
///         cross_entropy(policy, action) + weight * mean_squared_error(value, worth);
/// }
///
/// let (cameras, joints) = (Samples::<f32, Const<4>>::from_element(20, 0.5), Samples::<f32, Const<1>>::zeros(20));
/// let (actions, worths) = ([0u8, 1].repeat(10), [0.5f32, -0.5].repeat(10));
/// let data = from_fn(20, |samples| {
///     let inputs = RobotInputs {
///         camera: cameras.select_columns(samples),
///         joint: joints.select_columns(samples),
///     };
///     let targets = ImitationTargets {
///         action: samples.iter().map(|&k| actions[k]).collect::<Vec<_>>(),
///         worth: samples.iter().map(|&k| worths[k]).collect::<Vec<_>>(),
///     };
///     (inputs, targets)
/// });
/// let mut model = Robot::new(&mut seed(0));
/// let loss = Imitation { weight: 0.1 };
/// Trainer::new(loss, Adam::default()).steps(10).progress(Progress::Silent).fit(&mut model, &data)?;
/// # Ok::<(), tapeless::trainer::TrainError>(())
/// ```
///
/// # The loop written out
///
/// This is what it does, for those who want to do something else in between:
///
/// ```
/// use rand::seq::SliceRandom;
/// use tapeless::checkpoint::save_run;
/// use tapeless::prelude::*;
/// use tapeless::schedule::CosineAnnealingLr;
///
/// network! { Net< linear(2, 16); tanh; linear(2) > }
///
/// # let path = std::env::temp_dir().join(format!("loop-{}.safetensors", std::process::id()));
/// let (points, labels) = (Samples::<f32, Const<2>>::from_element(100, 0.5), [0u8, 1].repeat(50));
/// let mut order: Vec<usize> = (0..labels.len()).collect();
/// let mut rng = seed(0);
/// let mut model = Net::new(&mut rng);
/// let (mut gradient, mut pass) = (Net::zeros(), Net::pass(16));
/// let mut adam = Adam::default().over(&model)?;
/// let schedule = CosineAnnealingLr { t_max: 30, eta_min: 0.0 };
/// for epoch in 0..30 {
///     adam.set_lr(schedule.lr(1e-3, epoch))?;
///     order.shuffle(&mut rng);
///     let mut total = 0.0;
///     for samples in order.chunks(16) {
///         let (x, y) = (points.select_columns(samples), samples.iter().map(|&k| labels[k]));
///         let logits = model.forward_batch(&x, &mut pass)?;
///         let loss = logits.loss(CrossEntropy::default(), &y.collect::<Vec<u8>>())?;
///         total += loss.value() * samples.len() as f32;
///         loss.backward(&mut gradient);
///         gradient.clip_norm(1.0);
///         adam.step(&mut model, &gradient);
///     }
///     println!("epoch {epoch}   loss {:.4}", total / labels.len() as f32);
///     save_run(&*model, &[("optimizer", &adam), ("rng", &rng), ("random", &pass), ("epoch", &epoch)], &path)?;
/// }
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "files")]
pub mod trainer {
    pub use nncore::trainer::{
        EarlyStopping, Epoch, Evaluation, FromFn, History, Measure, Progress, Row, Step, Stop,
        TrainError, Trainer, TrainingData, from_fn,
    };
}

/// Declares networks: their types, their forward and their backward functions.
///
/// # Grammar
///
/// | form | meaning |
/// |---|---|
/// | `pub Name< layer; layer; … >` | a network, with visibility and lint levels as a struct has them; a last `;` is optional |
/// | `< layer; … >` | a network called `Network` |
/// | `label: layer` | a layer whose field, and key in a checkpoint, is `label`, in a residual or a branch too; behind the labels around it, `group_label` and `group.label` |
/// | `linear(784, 128)` | all sizes of a layer |
/// | `linear(128)` | the sizes of the input left out: they are those of the layer above |
/// | `leaky_relu(0.2)`, `leaky_relu(negative_slope = 0.2)` | settings of an activation |
/// | `prelu(per_channel)` | learned numbers for each channel (the input's first axis), not one for all |
/// | `pub Name { input x[i: 3]; …; output y = …; }` | a network with a body: several named inputs and outputs, see below |
/// | `conv2d(6, (5, 3), stride = (2, 1))` | a number along each of several axes; one is for all of them |
/// | `input(28, 28)` | first of all layers: the shape of the network's input |
/// | `input(16): index(128)` | the same for integers below 128, such as `embedding` takes |
/// | `residual { a; b } shortcut { c }` | the sum of two branches; without a shortcut, of one and its input |
/// | `parallel { a; { b; c } }`, `parallel(sum) { … }`, `parallel(product) { … }` | branches from one input, joined along the first axis, added or multiplied |
/// | `label: { a; b }` | layers under one label |
/// | `repeat i in 0..4 { linear(8 + i); conv1d(8, 3, dilation = 2^i) }` | the same layers for i = 0, 1, 2 and 3, with parameters of their own; `_` for an i that nothing reads. A label `a` in it is the fields `a_0` to `a_3` |
/// | `block name< a; b >`, then `name;` | layers under one name, for use in several places |
/// | `block name(C, K[2]; stride = 1)< conv2d(C, K, stride = stride); relu >`, then `name(64, 3, stride = 2);` | the same with sizes and settings, as a layer has them |
/// | `reuse label;` | a layer, a group or a network once more, with the same parameters |
/// | `const N: usize = 2 * 64;` | a constant for the sizes below it, and for the rest of the crate |
/// | `#[cfg(feature = "large")]` before any of these | what is there only under a condition |
/// | `#[frozen("body.", "head.bias")]` before a network | parameters that no gradient moves: states, for which no gradient is computed |
/// | `#[input_gradients]` before a network | training computes the gradients on its inputs too, which [`backward_through`](pass::LossValue::backward_through) gives |
///
/// # Networks with a body
///
/// | form | meaning |
/// |---|---|
/// | `input image[c: 3, h: 16, w: 16];`, `input x;` | an array, or a number, that each sample has |
/// | `input token[s: 16]: index(128);` | integers below 128 that each sample has |
/// | `param nu ~ constant(0.1);` | a parameter of the network itself: its field and its key are `nu` |
/// | `h = linear(64)(x);`, `p = softmax(x);` | a layer applied to an array; its parameters are in the field `h` |
/// | `h = <linear(64); tanh>(concat(a, b));` | layers one after the other; blocks too |
/// | `y = x + h * gelu(h);` | arithmetic on whole arrays, of one shape or single numbers |
/// | `y[o] = sum(i: w[o, i] * x[i]);` | an equation with indices |
/// | `e[s, d] = table[token[s], d];` | elements that integers choose: rows of a table, for each of which the gradient is added up |
/// | `d(u, x)` | the derivative of u by x, each number by each: a value like any other, which can be differentiated again, and trained through. It has the axes of u and then those of x, of which one with a single number has none |
/// | `output y = …;`, `output h;` | what the network puts out, once or several times |
/// | `a, b, c = split(2)(x);`, `all, h_n, c_n = lstm(8)(x);`, `_, h_n = gru(8)(x);` | a layer that puts out several arrays, in their order |
/// | `code = Encoder(x);`, `mean, spread = Encoder(x);`, `mean, _ = Encoder(x);` | another network of this block with its outputs, in their order. It is the field `encoder`, of its own type |
/// | `code = second: Encoder(x);`, `h = first: linear(64)(x);` | a label: the field is `second`, or `first` |
/// | `h = reuse encoder(x);`, `reuse first(x)` | what has that label once more, with the same parameters |
///
/// Integers are given as slices, arrays or vectors of any integer type, one sample after the other, and checked
/// before anything is computed ([`network::BatchError`]); for one sample, `forward(&[3u8, 1, 4])` gives a `Result`.
///
/// One with several inputs takes a struct called after it, `NameInputs { image: &images, body: &bodies }`, and one
/// with several outputs gives `NameOutputs { policy, value }`.
///
/// A block holds any number of networks, each of at most 2,000 layers. Sizes are integers, block
/// constants and `+ - * / ^` on them.
///
/// # Networks inside others
///
/// A network stands in the chains, bodies and blocks of others (`Net< Encoder; linear(4) >`), and is a field
/// there, called as it is in snake case or by its label. The field's type is the network's, so that it can be
/// used (`model.encoder.forward(&x)`), saved, copied with [`transfer`](transfer::transfer) and trained
/// (`Adam::default().over(&&model.encoder)`) alone. Its parameters are a part of those of the whole, whose
/// [`as_slice`](parameters::Parameters::as_slice) is still one run, and whose keys are `encoder.0.weight`.
///
/// Running statistics lie behind all parameters of the whole. A network that has some is therefore a field of its
/// parameters alone, of the type `EncoderOfParameters<T>`, beside `states.encoder`;
/// [`part`](network::Parts::part) gives it as it stands alone, a copy with both, and
/// [`set_part`](network::Parts::set_part) takes that back:
///
/// ```
/// use tapeless::prelude::*;
///
/// network! {
///     pub Features< linear(5, 3); norm: batch_norm1d; tanh >
///     pub Classifier< Features; linear(2) >
/// }
///
/// let mut model = Classifier::new(&mut seed(0));
/// assert_eq!(model.features.norm.weight.len(), model.states.features.norm.running_mean.len());
/// let mut features = model.part::<Features>("features.")?;
/// assert_eq!(features.forward(&SVector::repeat(1.0)).len(), 3);
/// save(&*features, std::env::temp_dir().join("features.safetensors"))?;
///
/// features.norm.bias.fill(2.0);
/// model.set_part("features.", &*features)?;
/// assert_eq!(model.features.norm.bias[0], 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Definitions of other blocks
///
/// | form | meaning |
/// |---|---|
/// | `pub activation …`, `pub layer …`, `pub loss …`, `pub optimizer …`, `pub block …` | others may use it: another module of the crate, or another crate. It is in the documentation of its module, as a macro of its name |
/// | `use other::swish;`, `use other::{swish, low_rank as lr};` | such a definition, as if it stood here; a path as Rust has them |
/// | `pub use other::swish;` | the same, and passed on |
///
/// A definition takes along what it is made of, private or not, and the values of its block's constants. A
/// loss or an optimizer that is imported has a type here too, of the visibility of the `use`. A mistake that
/// it makes with your sizes is reported at your layer. In a function, write definitions without `pub`.
///
/// ```
/// mod layers {
///     tapeless::network! {
///         /// A sigmoid of its own steepness.
///         pub activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);
///     }
/// }
///
/// mod model {
///     tapeless::network! {
///         use super::layers::swish;
///         pub Net< linear(4, 3); swish; linear(1) >
///     }
/// }
/// # fn main() { assert_eq!(model::Net::zeros().swish1.beta[0], 0.0); }
/// # use tapeless::prelude::*;
/// ```
///
/// # Equations
///
/// A block may declare mathematics of its own; gradients are derived from it, and every built-in
/// layer is written in the same language (`nncompiler/src/frontend/library`).
///
/// | form | meaning |
/// |---|---|
/// | `activation f(x; a = 1, learn b = 2) = …;` | elementwise, with a setting and a learned number |
/// | `layer f(I, O; a = 1) { … }` | statements in index notation; the last one makes the output |
/// | `#[outputs(probabilities)] layer f(I) { … }` | its outputs are probabilities, which losses of logits refuse; `unchanged` if they are what the inputs are |
/// | `input x[i: I];` | the layer's input and its axes |
/// | `input x[.., i: I]; y[.., i] = 2 * x[.., i];` | any number of axes, none included: the same wherever `..` stands. In parentheses they are one axis, row by row: `y[(..)] = x[..]`, and outside of brackets its length |
/// | `layer f(I; dim = -1) { input x[..dim, i: I, ..]; … }` | the axes before the axis that a setting names, and those behind it: 1 is the first, since 0 is the batch, and −1 the last. `..=dim` are the axes up to that one |
/// | `h = linear(4)(x);`, `h = <linear(8); relu; linear(4)>(x);`, `y = x + softmax(h);` | layers and blocks on whole arrays in a layer: their parameters are its own, in the fields `h_weight` and `h_bias`, and `h.weight` and `h.bias` in a file |
/// | `a, b = split((2, 3))(x);`, `_, last = gru(4)(x);` | all that a layer puts out, in a layer |
/// | `input key[t: T, e: E] = query;`, `input mask[s: S] = 0;` | an input that may be left out, and what it is then |
/// | `layer f(..)`, `layer f(..shape) { … y[..shape] … }` | a size for each axis of the input, or of an array that the layer makes |
/// | `input token[s: S]: index(V);`, `y[s, d] = weight[token[s], d];` | integers below V, and elements that they choose |
/// | `param w[o: O, i: I] ~ uniform(1 / sqrt(I));` | a parameter and how it begins: `uniform`, `normal`, `constant`, `zeros`, `ones` |
/// | `y[o] = sum(i: w[o, i] * x[i]);` | a statement; `sum`, `mean`, `prod`, `max` and `min` run over indices |
/// | `m[i] = mean(batch: x[i]);` | a reduction over the samples; every array has `batch` without being told |
/// | `y[k: I / 2] = x[k] + x[k + I / 2];` | a stated extent, and an access by a sum of indices |
/// | `index g: G, k: C / G;` | extents for all statements |
/// | `z[i + 1: I + 2] = x[i] else 0;` | a target that does not reach everywhere, and what stands elsewhere; where it reaches twice, the values add up |
/// | `layer f(C, K[2]; stride[2] = K) { … K[0] … }` | a number along each of several axes |
/// | `layer f1d[D = 1], f2d[D = 2](K[D]) { … }` | two layers of one text, in which D is 1, or 2 |
/// | `input x[.., l[2]: L];`, `index p[2]: K;`, `y[.., l: L - K + 1] = max(p: x[.., l + p]);` | several axes under one name: `l + p` is then a place along each, as are numbers along each, and `require K <= L;` holds along each. `l[0]`, `L[0]` are of the first. Equations show an image's as h and w |
/// | `require rank(x) == 3;` | how many axes the input has |
/// | `layer f(N[..]) { … N[0] … }` | any number of them, `f((2, 3, 4))`: `len(N)` is how many, `total(N)` their sum. Where they are all that is given, they may be written one by one, `f(2, 3, 4)` |
/// | `layer f(P[..]) { input x[..]; y[..P] = x[..]; }` | the axes `..` in the order of their numbers: `f(2, 1)` of a matrix has rows for columns |
/// | `output y, h_n;` | what a layer puts out, if not just what its last statement makes; who applies it takes all of it, `all, last = gru(8)(x)`, or the first |
/// | `require G divides C;`, `require K <= H;`, `require stride == 1 when padding == same;` | what sizes must be to each other |
/// | `param b[o: O] ~ zeros() when bias else 0;` | a parameter that a setting leaves out |
/// | `layer f(C; mode = zeros \| circular)`, `padding = 0 in 0..=infinity \| same` | a setting that is one of several words, or a number or one of them: `f(mode = circular)`, in the layer `if mode == circular { … }` |
/// | `let n = dilation * (K - 1);`, `let before[2] = …;` | a number that follows from sizes and settings, in the arithmetic of integers |
/// | `h[i] = x[i] else 0 when mode == zeros;`, `h = circular_pad1d(x) when mode == circular;` | a statement that the settings leave out; an array that no statement makes then is 0 |
/// | `param w[o: O, i: I] as "weight_ih_l0" ~ …;`, `learn a as "weight" = 1` | what files call a parameter, if not by the name of its field |
/// | `#[ignored("num_batches_tracked")] layer f(I) { … }` | a key that a file may hold for it beside its parameters |
/// | `state m[i: I] ~ zeros();`, `m[i] <- 0.9 * m[i] + 0.1 * mean(batch: x[i]);` | what training moves without a gradient, and how |
/// | `if training { … } else { … }` | two meanings: in `forward_batch`, and in `forward` and `evaluate` |
/// | `random()` | in [0, 1), another for each element and step; by counting, from the pass's seed |
/// | `scan t { h[t, i] = tanh(x[t, i] + h[t - 1, i] + h[t - 5, i]); }` | step by step; what is read of steps before the first is 0 |
/// | `h[-1, i] = first[i];` | above the scan: what stands before the first step; with `index k: 5;` `h[k - 5, i] = …` for five of them |
/// | `h[T, i] = 1; scan t { h[t, i] = x[t, i] * h[t + 1, i]; }` | what reads later steps runs from the last step to the first |
/// | `scan a { scan b { s[a, b] = x[a, b] + s[a - 1, b] * s[a, b - 1]; } }` | a scan within each step of another: over a grid, or over each row |
/// | `repeat l in 0..layers { param w[i: I] as "w{l}" ~ ones(); h[i] = w[i] * h[i]; }` | parameters and statements once for each value, each reading what the last above it of a name has made. `let` in it is a number that the next round reads, and `output` puts out what each makes. A field is called as its key, in which `{l}` is the value, or, as `{l:a\|b}`, the text in its place |
/// | `pub loss f(p; t; a = 1) = …;` | a loss: outputs; targets; settings. The mean over outputs and batch; its type is `F` |
/// | `loss f(logits[c: C]; label: class) { y = …; }` | a loss of one sample, with a class index |
/// | `loss f(p, q; t) = …;` | each output is an equal part of the outputs of the network |
/// | `loss f(policy[a: A], value; action: class, old) { … policy[action] … }` | a loss on the outputs of these names, of networks in the same block, with several targets, `FTargets { action: &…, old: &… }`, or none, `&()`. A class chooses elements; layers can be applied (`log_softmax(policy)[a]`); classes and targets may have axes (`tag[s: S]: class`) |
/// | `sum(m in batch: … q[m, c] …)` | in a loss: over all samples of the batch, where `q[m, c]` is an element of the sample m, `q[c]` one of the sample at hand, and `m == this` compares the two; `mean`, `max`, `min` and `prod` likewise |
/// | `huber(q[action], worth)` | in a loss: another one, of numbers; `cross_entropy(logits, label)` of arrays; `huber(delta = 2)(a, b)` with settings |
/// | `weight[c: C] = 1` | a loss's setting with a number for each output: a slice, empty for 1 throughout |
/// | `pub optimizer f(w, g; lr = 0.1) { w <- w - lr * g; }` | what a step makes of one parameter, given its gradient; its type is `F`, a [`optimizer::Rule`]. `step` is the step's number, from 1 |
/// | `state m;`, `state m ~ constant(a) when a > 0;` | what an optimizer keeps for each parameter, or, if neither `w` nor `g` moves it, for all; the settings may leave it out |
/// | `require a > b when c;` | what an optimizer's settings must be to each other |
/// | `lr = 0.1 in 0..1`, `c = false` | a setting of an optimizer below 1 (`infinity`: finite), and one that is a `bool` |
/// | `samples = …;` | how often the sample counts in the mean over the batch |
///
/// Losses of one name, for class indices and for real targets, are one type. Of equal elements,
/// `max` and `min` over indices give the gradient to the first. An index may stand in an expression
/// as a number.
///
/// Expressions know `+ - * / ^`, `if a > b { … } else { … }`, `max`, `min`, `clamp`, `lerp`, `pi`,
/// `stop(…)` (no gradient), other activations, and exp, `exp_m1`, ln, `ln_1p`, sqrt, sin, cos, tan, atan,
/// tanh, sigmoid, softplus, erf, erfc, abs and sign.
///
/// # Layers
///
/// [`language`] has a chapter for each kind of word, with the equations, derivatives, settings and an
/// example of each: [`layers`](language::layers), [`activations`](language::activations),
/// [`losses`](language::losses), [`optimizers`](language::optimizers),
/// [`functions`](language::functions), [`initialisations`](language::initialisations) and
/// [`statements`](language::statements). An editor shows them where a word stands in `network!`, and
/// completes half of one.
///
/// # What it expands to
///
/// For `pub Name< … >`: a struct `NameOf<T>` for T = f32 or f64, and `type Name = NameOf<f32>`. It
/// has a field for each layer with parameters, named by its label or by its name and position
/// (`linear1`), which holds them as nalgebra matrices; and
///
/// | function | what it does |
/// |---|---|
/// | `Name::new(&mut rng)` | a `Box` with PyTorch's initial parameters ([`network::Network`]) |
/// | `Name::zeros()` | a `Box` of zeros, for gradients ([`parameters::Parameters`]) |
/// | `model.forward(&x)` | the outputs for one sample, without heap |
/// | `Name::pass(capacity)` | every buffer that a training step needs |
/// | `model.forward_batch(x, &mut pass)` | the outputs for a batch, ready for a loss ([`pass::Outputs`]) |
/// | `model.evaluate(x, &mut pass)` | the outputs for a batch as after training: no dropout, running statistics |
/// | `model.jacobian(&x)` | the derivative of each output on each input, of a network with one of each |
/// | `model.evaluate_loss(x, loss, &y, &mut pass)` | a loss of these outputs, without a gradient |
/// | `Name::summary()` | layers, shapes, parameters, work and memory |
/// | `Name::explain()`, `Name::latex()` | the equations of every layer, forward and backward |
/// | `Loss::default().explain()`, `latex()`, and of an optimizer | its equations, shorter where its settings of 0 and 1, true and false, are the defaults |
/// | `Name::loops()` | what runs: the kernels and loops of each function, and its memory |
/// | `model.state_dict()` | each parameter and running statistic with its name, shape and numbers |
///
/// ```
/// use tapeless::prelude::*;
///
/// network! {
///     const HIDDEN: usize = 16;
///
///     /// Predicts two numbers from four.
///     pub Predictor< first: linear(4, HIDDEN); gelu; linear(2) >
/// }
///
/// let model = Predictor::new(&mut seed(0));
/// assert_eq!(model.first.weight.shape(), (4, 16));
/// assert_eq!(model.forward(&SVector::from([1.0, 2.0, 3.0, 4.0])).len(), 2);
/// ```
///
/// # Errors
///
/// Every mistake is a compile error on the token that makes it, with the numbers and the edit; one
/// build reports all of them:
///
/// ```compile_fail
/// tapeless::network! { Net< linear(784, 128); rleu; linear(120, 10) > }
/// ```
#[macro_export]
macro_rules! network {
    ($($tokens:tt)*) => {
        $crate::__private::compiler::network! { $crate $($tokens)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __network_as_loops {
    ($($tokens:tt)*) => {
        $crate::__private::compiler::network_as_loops! { $crate $($tokens)* }
    };
}

/// Losses, compiled from their equations: value and gradient come from the same line.
///
/// ```
/// use tapeless::prelude::*;
///
/// network! { Classifier< linear(2, 3) > }
///
/// let model = Classifier::new(&mut seed(0));
/// let mut pass = Classifier::pass(4);
/// let x = Samples::<f32, Const<2>>::from_element(4, 0.5);
/// let logits = model.forward_batch(&x, &mut pass)?;
/// let smoothed = CrossEntropy { label_smoothing: 0.1, ..CrossEntropy::default() };
/// let loss = logits.loss(smoothed, &[0u8, 1, 2, 2])?;
/// assert!(loss.value() > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod loss {
    pub use nncore::training::loss::{
        Accepts, Classes, Loss, LossError, LossOn, OnOutput, Reals, Values,
    };

    nnmacro::losses!(crate);
}

/// The words that [`network!`] knows, made from the texts that define them. What stands here is to be read,
/// here or in an editor: no program needs it.
pub mod language {
    /// A layer, with parameters or without.
    #[derive(Clone, Copy, Debug)]
    pub struct Layer;

    /// A function of each number by itself.
    #[derive(Clone, Copy, Debug)]
    pub struct Activation;

    /// What training makes small.
    #[derive(Clone, Copy, Debug)]
    pub struct Loss;

    /// What a step of training makes of a parameter.
    #[derive(Clone, Copy, Debug)]
    pub struct Optimizer;

    /// A function or constant of equations.
    #[derive(Clone, Copy, Debug)]
    pub struct Function;

    /// How a parameter begins.
    #[derive(Clone, Copy, Debug)]
    pub struct Initialisation;

    /// What begins an item, a group of layers or a statement.
    #[derive(Clone, Copy, Debug)]
    pub struct Statement;

    include!(concat!(env!("OUT_DIR"), "/language.rs"));
}

/// What a program that trains a network needs.
pub mod prelude {
    #[cfg(feature = "files")]
    pub use crate::checkpoint::{Checkpoint, load, save};
    pub use crate::data::Dataset;
    pub use crate::initialise::seed;
    pub use crate::loss::{CrossEntropy, MeanSquaredError, OnOutput};
    pub use crate::nalgebra::{Const, SVector};
    pub use crate::network;
    pub use crate::network::{Chain, Network, Parts, Samples, SamplesView};
    pub use crate::optimizer::{Adam, AdamW, Group, Rule, Sgd};
    pub use crate::parameters::{Gradient, Parameters};
    pub use crate::pass::Trainable;
    pub use crate::schedule::Schedule;
    #[cfg(feature = "threads")]
    pub use crate::threads::set_threads;
    #[cfg(feature = "files")]
    pub use crate::trainer::Trainer;
}

/// What generated code calls. Nothing here is for users, and nothing is stable.
#[doc(hidden)]
pub mod __private {
    pub use crate::__network_as_loops as network_as_loops;
    pub use nalgebra::{Const, SMatrix, SVector};
    pub use nncore::inference::{
        ArrayInfo, Batch, BatchError, InputBatch, InputGradients, Integer, IntegerInput,
        IntegerMemory, Integers, LayerSummary, Logits, NamedOutputs, Network, OutputGradients,
        ParameterInfo, Probabilities, SamplesView, SingleInput, SingleOutput, Summary, input_slice,
        output_view, write_gradient,
    };
    pub use nncore::kernels::{
        Offsets, Operand, Repeat, Shape, Start, Windowed, WindowedProduct, offsets, product,
        random, repeated_product, windowed_product, write_identity,
    };
    pub use nncore::memory::{
        Example, ParameterFields, in_memory, in_own_frame, padding, split_workspace, zero_matrix,
    };
    pub use nncore::parallel::{SUM_BUFFERS, TileBuffer, Tiling, for_each_range};
    pub use nncore::scalar::{ByPrecision, Real};
    pub use nncore::simd::{
        Aligned, Body, deinterleave, fold_lanes, interleave, interleave_one, load_partial,
        store_partial, vectorise,
    };
    pub use nncore::training::are_settings;
    pub use nncore::training::initialise::{normal, uniform};
    pub use nncore::training::loss::{
        Accepts, Classes, Loss, LossError, LossOn, OfOneNetwork, Reals, Values, check_batch,
        check_lengths, check_parts, check_setting, check_settings, check_values, class_at,
        setting_of, sum_of_samples, write_class_numbers, write_classes, write_settings,
    };
    pub use nncore::training::optimizer::{
        OptimizerError, Part, Rule, check_range, check_requirement,
    };
    pub use nnmacro as compiler;
    pub use rand::Rng;
    pub use std::vec::Vec;
}
