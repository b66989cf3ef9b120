//! The bodies of forward and backward: the steps of a schedule, in the memory of its plan.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::loop_nest::{Scope, Storage, loop_nest, step};
use super::ports::{self, NamedArray, input_slice};
use super::types::{Names, sizes};
use super::{CompiledNetwork, local, runtime, setting};
use crate::ir::cost::{LARGEST_ARRAYS, MOST_STEPS_OF_FRAME, STACK_BYTES};
use crate::ir::expression::Node;
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::{ArrayId, BATCH_SIZE, Extent};
use crate::schedule::kernels::{Bias, Count, Operand, Product, Repeat, Start, Windowed, Windows};
use crate::schedule::loop_nest::{LoopNest, Parallel, Part};
use crate::schedule::memory::{Place, Plan};
use crate::schedule::steps::{Step, Tiled, Workspace};

/// The body of `forward`.
pub fn infer(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let Workspace { functions, plan } = &compiled.predict_one;
    let steps = Body::new(&compiled.program, names, plan).steps(&functions[0].steps);
    let outputs = ports::outputs(&compiled.network);
    let run = in_buffers(plan, outputs.len(), 1, &steps);
    let key = fixed_key(&compiled.program, &compiled.predict_one);
    let slices = ports::sample_slices(&compiled.network);
    let values: Vec<Ident> = (0..outputs.len()).map(|at| local(&format!("output{at}"))).collect();
    let (widths, buffers) = (outputs.iter().map(NamedArray::width), (0..outputs.len()).map(buffer));
    let result = if compiled.network.has_single_output() {
        quote!(#(#values)*)
    } else {
        let (structure, fields) = (&names.outputs, outputs.iter().map(NamedArray::field));
        quote!(#structure { #(#fields: #values),* })
    };
    let result = match ports::integers(&compiled.network) {
        0 => result,
        _ => quote!(::core::result::Result::Ok(#result)),
    };
    quote! {
        #slices
        let batch = 1;
        #key
        #(let mut #values = #rt::zero_matrix::<T, #widths, 1>();)*
        #(let #buffers = #rt::SMatrix::as_mut_slice(&mut #values);)*
        #run;
        #result
    }
}

/// The body of `jacobian`: as many gradients at once as there are outputs, each of them 1 on one.
pub fn jacobian(compiled: &CompiledNetwork, workspace: &Workspace, names: &Names) -> TokenStream {
    let rt = runtime();
    let Workspace { functions, plan } = workspace;
    let (inputs, outputs) = sizes(compiled);
    let body = Body::new(&compiled.program, names, plan);
    let steps = body.steps(&functions[0].steps);
    let function = &functions[0].function;
    let (seed, gradient) = (function.inputs[1].array, function.outputs[0].array);
    let (seed, gradient) = (body.write(seed), body.read(gradient));
    let inner = quote! {
        #rt::write_identity(#seed, batch);
        #steps
        #rt::SMatrix::<T, #outputs, #inputs>::from_row_slice(#gradient)
    };
    let run = in_buffers(plan, 0, outputs, &inner);
    let key = fixed_key(&compiled.program, workspace);
    let slices = ports::sample_slices(&compiled.network);
    quote! {
        #slices
        let batch = #outputs;
        #key
        #run
    }
}

/// The key of random numbers outside of training, where they are the same in each call; nothing for
/// functions without any.
pub fn fixed_key(program: &Program, workspace: &Workspace) -> Option<TokenStream> {
    let draws = |node: &Node| matches!(node, Node::Random(..));
    let mut statements = workspace.functions.iter().flat_map(|one| &one.function.body);
    statements.any(|statement| reads(program, statement, draws)).then(|| quote!(let key = 0u64;))
}

/// What runs in buffers, of which those from the n-th on are declared here.
fn in_buffers(plan: &Plan, from: usize, samples: usize, inner: &TokenStream) -> TokenStream {
    let rt = runtime();
    let sizes = plan.widths[from..].iter().map(|width| width.saturating_mul(samples));
    let names: Vec<Ident> = (from..plan.widths.len()).map(buffer).collect();
    let total = plan.scalars_from(from, samples);
    if total <= LARGEST_ARRAYS {
        return quote!({ #(let #names = &mut [T::ZERO; #sizes][..];)* #inner });
    }
    quote! {
        #rt::in_memory::<T, _, #total, #STACK_BYTES>(|memory| {
            let ([#(#names),*], _) = #rt::split_workspace(memory, 1, [#(#sizes),*]);
            #inner
        })
    }
}

/// What loops that threads divide are told of their part: the number of rows, or the first sample where
/// random numbers depend on it.
fn variable_of_part(nest: &LoopNest) -> Option<Ident> {
    match nest.parallel?.part {
        Part::Row => Some(local("rows")),
        Part::Sample => (!nest.draws.is_empty()).then(|| local("first")),
    }
}

/// How often a product is computed, and how far the left operand, the right one and the target are further
/// on each time.
fn repeat(times: Count, [left, right, target]: [usize; 3]) -> TokenStream {
    let (rt, times) = (runtime(), count(times));
    quote! {
        #rt::Repeat {
            count: #times,
            left_stride: #left,
            right_stride: #right,
            target_stride: #target,
        }
    }
}

pub fn buffer(number: usize) -> Ident {
    local(&format!("buffer{number}"))
}

/// Steps in the memory of a plan.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    program: &'a Program,
    names: &'a Names,
    plan: &'a Plan,
    /// Whether it runs for a tile of the batch; sums for parameters then go to those of its group.
    in_tile: bool,
    /// How many scans the steps at hand stand in.
    depth: usize,
}

impl<'a> Body<'a> {
    pub fn new(program: &'a Program, names: &'a Names, plan: &'a Plan) -> Self {
        Self { program, names, plan, in_tile: false, depth: 0 }
    }

    /// The buffer that holds an array, if it is not in a slice of the caller's.
    pub fn buffer_of(&self, array: ArrayId) -> Option<Ident> {
        match self.plan.place(array) {
            Place::Buffer(number) => Some(buffer(number)),
            Place::Input(_) | Place::Parameter(_) | Place::ParameterGradient(_) => None,
        }
    }

    /// The buffers cut out of the pass, then the steps.
    pub fn pass(&self, steps: &[Step]) -> TokenStream {
        let rt = runtime();
        let widths = &self.plan.widths;
        let buffers = (0..widths.len()).map(buffer);
        let used = (0..widths.len()).map(buffer);
        let steps = self.steps(steps);
        quote! {
            let ([#(#buffers),*], shared) = #rt::split_workspace(pass, batch, [#(#widths),*]);
            let _ = (#(&#used,)* &shared);
            #steps
        }
    }

    /// Steps, a few of them in each frame of the stack.
    pub fn steps(&self, steps: &[Step]) -> TokenStream {
        let rt = runtime();
        let print = |steps: &[Step]| steps.iter().map(|step| self.step(step)).collect();
        if steps.len() <= MOST_STEPS_OF_FRAME {
            return print(steps);
        }
        let frames = steps.chunks(MOST_STEPS_OF_FRAME).map(|steps| {
            let steps: TokenStream = print(steps);
            quote!(#rt::in_own_frame(|| { #steps });)
        });
        frames.collect()
    }

    fn step(&self, step: &Step) -> TokenStream {
        match step {
            Step::Product(product) => self.product(product),
            Step::Windows(windows) => self.windows(windows),
            Step::Loops(nest) => self.loops(nest),
            Step::Scan(scan, steps) => self.scan(*scan, steps),
            Step::Tiled(tiled) => self.tiled(tiled),
        }
    }

    /// Steps for some samples, then for the next ones; then the sums for parameters of all.
    fn tiled(&self, tiled: &Tiled) -> TokenStream {
        let rt = runtime();
        let slices: Vec<TokenStream> = tiled.inputs.iter().map(|&one| self.read(one)).collect();
        let slice_widths = tiled.inputs.iter().map(|&one| self.program.array(one).width());
        let slice_widths = slice_widths.map(Literal::usize_unsuffixed);
        let (samples, flops) = (tiled.samples, Literal::u64_unsuffixed(tiled.flops));
        let widths = self.plan.widths.iter().zip(&tiled.is_kept).enumerate();
        let buffers = widths.map(|(number, (width, is_kept))| {
            let name = buffer(number);
            quote!(#rt::TileBuffer { scalars: &mut *#name, width: #width, is_kept: #is_kept })
        });
        let names: Vec<Ident> = (0..self.plan.widths.len()).map(buffer).collect();
        let widths: Vec<usize> =
            tiled.sums.iter().map(|&array| self.program.array(array).width()).collect();
        let all: usize = widths.iter().sum();
        let sums: Vec<Ident> = tiled.sums.iter().map(|&array| self.sums(array)).collect();
        let mut first = 0;
        let added = tiled.sums.iter().zip(&widths).map(|(&array, width)| {
            let (target, start) = (self.write(array), first);
            first += width;
            quote!(#rt::Tiling::add_up(tiling, &*shared, #all, #start, #target);)
        });
        let steps = Self { in_tile: true, ..*self }.steps(&tiled.steps);
        quote! {
            let tiling = #rt::Tiling { batch, samples: #samples, flops: #flops };
            #rt::Tiling::run(tiling, [#(#buffers),*], &mut *shared, #all, |tile, [#(#names),*], sums| {
                let batch = tile.end - tile.start;
                #(let #slices = &#slices[tile.start * #slice_widths..][..batch * #slice_widths];)*
                let ([#(#sums),*], _) = #rt::split_workspace(sums, 1, [#(#widths),*]);
                let _ = (#(#slices,)* #(&#names,)* #(&#sums,)*);
                #steps
            });
            #(#added)*
        }
    }

    /// The sums of a group of tiles for the gradient on a parameter.
    fn sums(&self, gradient: ArrayId) -> Ident {
        match self.plan.place(gradient) {
            Place::ParameterGradient(number) => sums_of(number),
            Place::Input(_) | Place::Parameter(_) | Place::Buffer(_) => local("sums"),
        }
    }

    /// Steps that run once for each value of an index.
    fn scan(&self, scan: Scan, steps: &[Step]) -> TokenStream {
        let extent = self.program.extent(scan.index);
        let count = count(Count { size: extent.per_sample(), batched: extent == Extent::Batch });
        let (number, inner) = (step(self.depth), Self { depth: self.depth + 1, ..*self });
        let steps = inner.steps(steps);
        let numbers = if scan.is_reverse {
            quote!(::core::iter::Iterator::rev(0..#count))
        } else {
            quote!(0..#count)
        };
        quote!(for #number in #numbers { #steps })
    }

    fn product(&self, product: &Product) -> TokenStream {
        let rt = runtime();
        let [rows, columns, depth] = [product.rows, product.columns, product.depth].map(count);
        let left = self.operand(&product.left);
        let right = self.operand(&product.right);
        let start = self.start(product.start, [&rows, &columns]);
        let target = self.write(product.target);
        let shape = quote!(#rt::Shape { rows: #rows, columns: #columns, depth: #depth });
        let at = product.part.map(Literal::usize_unsuffixed);
        if product.repeats.is_empty() {
            let target =
                at.map_or(target.clone(), |at| quote!(&mut (#target)[#at..][..#rows * #columns]));
            return quote!(#rt::product(#shape, #left, #right, #start, #target););
        }
        let target = at.map_or(target.clone(), |at| quote!(&mut (#target)[#at..]));
        let repeats = product.repeats.iter().map(|one| {
            let Repeat { target_stride, left_stride, right_stride, .. } = *one;
            repeat(one.count, [left_stride, right_stride, target_stride])
        });
        quote!(#rt::repeated_product(#shape, &[#(#repeats),*], #left, #right, #start, #target);)
    }

    /// What a product of so many rows and columns starts with.
    fn start(&self, start: Start, [rows, columns]: [&TokenStream; 2]) -> TokenStream {
        let rt = runtime();
        let vector = |Bias { array, from }, length: &TokenStream| {
            let data = self.read(array);
            quote!(&(#data)[#from..][..#length])
        };
        match start {
            Start::Zero => quote!(#rt::Start::Zero),
            Start::Target => quote!(#rt::Start::Target),
            Start::Row(bias) => {
                let row = vector(bias, columns);
                quote!(#rt::Start::Row(#row))
            }
            Start::Column(bias) => {
                let column = vector(bias, rows);
                quote!(#rt::Start::Column(#column))
            }
        }
    }

    fn windows(&self, windows: &Windows) -> TokenStream {
        let rt = runtime();
        let Windows { rows, columns, depth, left, right_stride, .. } = windows;
        let windowed = match windows.windowed {
            Windowed::RightRows => quote!(RightRows),
            Windowed::TargetRows => quote!(TargetRows),
            Windowed::RightColumns => quote!(RightColumns),
        };
        let start = self.start(windows.start, [&quote!(#rows), &quote!(#columns)]);
        let (counts, steps): (Vec<usize>, Vec<usize>) = windows.offsets.iter().copied().unzip();
        let all: usize = counts.iter().product();
        let repeat = repeat(windows.count, windows.strides);
        let (left, right) = (self.operand(left), self.read(windows.right));
        let target = self.write(windows.target);
        quote! {
            #rt::windowed_product(
                &#rt::WindowedProduct {
                    windowed: #rt::Windowed::#windowed,
                    shape: #rt::Shape { rows: #rows, columns: #columns, depth: #depth },
                    offsets: const {
                        const EACH: [usize; #all] = #rt::offsets(&[#((#counts, #steps)),*]);
                        #rt::Offsets::new(&EACH)
                    },
                    repeat: #repeat,
                    left: #left,
                    right: #right,
                    right_stride: #right_stride,
                    start: #start,
                },
                #target,
            );
        }
    }

    /// An operand, which begins further on in each step of a scan.
    fn operand(&self, operand: &Operand) -> TokenStream {
        let rt = runtime();
        let data = self.read(operand.array);
        let mut strides = operand.step_strides.iter();
        let moves = operand.start != 0 || strides.any(|&stride| stride != 0);
        let at = sum_of_terms(operand.start, &operand.step_strides);
        let data = if moves { quote!(&(#data)[#at..]) } else { data };
        let row_stride = Literal::usize_unsuffixed(operand.row_stride);
        let column_stride = Literal::usize_unsuffixed(operand.column_stride);
        quote! {
            #rt::Operand { data: #data, row_stride: #row_stride, column_stride: #column_stride }
        }
    }

    /// Loops as a function of their own, compiled for each SIMD level.
    fn loops(&self, nest: &LoopNest) -> TokenStream {
        let rt = runtime();
        let statement = &nest.statement;
        let (storage, sources) = self.slices(nest);
        let scope = Scope { program: self.program, storage, length: quote!(batch) };
        let loops = loop_nest(&scope, nest);
        let samples = reads(self.program, statement, is_count_of_samples).then(|| {
            let variable = setting(BATCH_SIZE);
            quote!(let #variable = T::of(batch as f64);)
        });
        let key = (!nest.draws.is_empty()).then(|| local("key"));
        let steps: Vec<Ident> = (0..statement.scans.len()).map(step).collect();
        let of_part = variable_of_part(nest);
        let counts: Vec<&Ident> = steps.iter().chain(&of_part).collect();
        let names = sources.iter().map(|(name, _)| name);
        let arguments = key.iter().chain(counts.iter().copied()).chain(names);
        let arguments = quote!((batch, #(#arguments,)*));
        let types = key.iter().map(|_| quote!(u64)).chain(counts.iter().map(|_| quote!(usize)));
        let types = types.chain(sources.iter().map(|_| quote!(&[T])));
        let types = quote!((usize, #(#types,)*));
        let name = self.names.loops.name(&types, &arguments, &quote!(#samples #loops));
        let run = quote!(#rt::vectorise::<#name, _, _>);
        if let Some(parallel) = nest.parallel {
            return self.divided(nest, parallel, &run, &sources);
        }
        let (written, key) = (self.write(statement.target.array), key.iter());
        let slices = sources.iter().map(|(_, array)| self.read(*array));
        quote!(#run(#written, (batch, #(#key,)* #(#steps,)* #(#slices,)*));)
    }

    /// Loops that threads divide.
    fn divided(
        &self,
        nest: &LoopNest,
        parallel: Parallel,
        run: &TokenStream,
        sources: &[(Ident, ArrayId)],
    ) -> TokenStream {
        let rt = runtime();
        let Parallel { part, width, cost } = parallel;
        let cost = Literal::u64_unsuffixed(cost);
        let written = self.write(nest.statement.target.array);
        let slices = sources.iter().map(|(_, array)| match part {
            Part::Sample => self.part_of_samples(*array),
            Part::Row => self.rest_of_rows(nest, *array),
        });
        let size = quote!(part.end - part.start);
        let (count, cost, numbers) = match part {
            Part::Sample => {
                let key_and_first = variable_of_part(nest).map(|_| quote!(key, part.start,));
                (quote!(batch), quote!(#cost), quote!(#size, #key_and_first))
            }
            Part::Row => {
                let rows = Literal::usize_unsuffixed(nest.loops[0].size);
                let is_open = nest.loops.iter().any(|one| one.is_open);
                let cost = if is_open { quote!(batch * #cost) } else { quote!(#cost) };
                (quote!(#rows), cost, quote!(batch, #size,))
            }
        };
        quote! {
            #rt::for_each_range(#count, #cost, #written, #width, |part, target| {
                #run(target, (#numbers #(#slices,)*));
            });
        }
    }

    /// The names of the slices that a loop nest reads and writes, and the arrays that those are of which
    /// are not the target's.
    fn slices(&self, nest: &LoopNest) -> (HashMap<ArrayId, Storage>, Vec<(Ident, ArrayId)>) {
        let target = nest.statement.target.array;
        let mut storage = HashMap::from([(target, Storage::Slice(local("target")))]);
        let mut places = vec![(self.plan.place(target), local("target"))];
        let mut sources = Vec::new();
        for array in nest.arrays_read() {
            let place = self.plan.place(array);
            let known = places.iter().find(|(other, _)| *other == place);
            let is_new = known.is_none();
            let new = || local(&format!("source{}", sources.len()));
            let name = known.map_or_else(new, |(_, name)| name.clone());
            if is_new {
                sources.push((name.clone(), array));
                places.push((place, name.clone()));
            }
            storage.insert(array, Storage::Slice(name));
        }
        (storage, sources)
    }

    /// The part of an array that belongs to some samples.
    fn part_of_samples(&self, id: ArrayId) -> TokenStream {
        let (slice, array) = (self.read(id), self.program.array(id));
        let width = Literal::usize_unsuffixed(array.width());
        if array.is_batched() {
            quote!(&(#slice)[part.start * #width..part.end * #width])
        } else {
            slice
        }
    }

    /// An array from where a part of the outermost loop's iterations reads it.
    fn rest_of_rows(&self, nest: &LoopNest, id: ArrayId) -> TokenStream {
        let mut reads = nest.reads.iter().filter(|read| read.array == id);
        let stride = reads.find_map(|read| read.offset.stride(0)).unwrap_or(0);
        let slice = self.read(id);
        if stride == 0 {
            return slice;
        }
        let stride = Literal::i64_unsuffixed(stride);
        quote!(&(#slice)[part.start * #stride..])
    }

    fn read(&self, array: ArrayId) -> TokenStream {
        let rt = runtime();
        match self.plan.place(array) {
            Place::Input(number) => {
                let slice = input_slice(number);
                quote!(#slice)
            }
            Place::Parameter(number) => {
                let path = self.names.path(self.program, number);
                quote!(#rt::SMatrix::as_slice(&self.#path))
            }
            Place::ParameterGradient(number) if self.in_tile => {
                let sums = sums_of(number);
                quote!(&*#sums)
            }
            Place::ParameterGradient(number) => {
                let path = self.names.path(self.program, number);
                quote!(#rt::SMatrix::as_slice(&gradient.#path))
            }
            Place::Buffer(number) => match self.part(array, number) {
                Some(part) => quote!(&#part),
                None => {
                    let buffer = buffer(number);
                    quote!(&*#buffer)
                }
            },
        }
    }

    /// The part of a buffer that an array takes, unless it takes all of it.
    fn part(&self, array: ArrayId, number: usize) -> Option<TokenStream> {
        let array = self.program.array(array);
        let (buffer, size) = (buffer(number), Literal::usize_unsuffixed(array.width()));
        match array.is_batched() {
            true if array.width() == self.plan.widths[number] => None,
            true => Some(quote!(#buffer[..batch * #size])),
            false => Some(quote!(#buffer[..#size])),
        }
    }

    fn write(&self, array: ArrayId) -> TokenStream {
        let rt = runtime();
        match self.plan.place(array) {
            Place::ParameterGradient(number) if self.in_tile => {
                let sums = sums_of(number);
                quote!(&mut *#sums)
            }
            Place::ParameterGradient(number) => {
                let path = self.names.path(self.program, number);
                quote!(#rt::SMatrix::as_mut_slice(&mut gradient.#path))
            }
            Place::Input(_) | Place::Parameter(_) => quote!(&mut []),
            Place::Buffer(number) => match self.part(array, number) {
                Some(part) => quote!(&mut #part),
                None => {
                    let buffer = buffer(number);
                    quote!(&mut *#buffer)
                }
            },
        }
    }
}

/// `start + step0 * 32 + step1 * 4`, without what is 0.
fn sum_of_terms(start: usize, step_strides: &[usize]) -> TokenStream {
    let moving = step_strides.iter().enumerate().filter(|(_, stride)| **stride != 0);
    let products = moving.map(|(number, &stride)| {
        let (counter, stride) = (step(number), Literal::usize_unsuffixed(stride));
        quote!(#counter * #stride)
    });
    let start = Literal::usize_unsuffixed(start);
    quote!(#start #(+ #products)*)
}

/// The sums for the gradient on the n-th parameter.
fn sums_of(number: usize) -> Ident {
    local(&format!("sums{number}"))
}

fn reads(program: &Program, statement: &Statement, is_it: impl Fn(&Node) -> bool) -> bool {
    program.graph.reachable(statement.value).into_iter().any(|id| is_it(program.graph.node(id)))
}

fn is_count_of_samples(node: &Node) -> bool {
    matches!(node, Node::Setting(name) if **name == *BATCH_SIZE)
}

fn count(count: Count) -> TokenStream {
    let size = Literal::usize_unsuffixed(count.size);
    match (count.batched, count.size) {
        (false, _) => quote!(#size),
        (true, 1) => quote!(batch),
        (true, _) => quote!(batch * #size),
    }
}
