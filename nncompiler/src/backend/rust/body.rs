//! The bodies of forward and backward: kernels as calls, in the memory of a plan.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::nest::{Scope, Storage, nest, step};
use super::types::{Names, sizes};
use super::{CompiledNetwork, local, runtime, setting};
use crate::frontend::resolve::BATCH;
use crate::ir::expression::Node;
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{self, Count, Kernel, Mode, Operand, Product, Start, Windows, scan};
use crate::schedule::memory::{OUTPUTS, Place, Plan, Scheduled};
use crate::schedule::tile::{Tiles, is_of_one_sample};

/// Buffers of no more scalars than this are arrays of a function of one sample itself.
const LARGEST_ARRAYS: usize = 1 << 10;

/// Buffers of no more scalars than this lie on the stack: 64 KiB of f32, which small stacks hold.
const LARGEST_ON_STACK: usize = 1 << 14;

/// What an operation in a loop costs, in operations of a product: loops wait for memory.
const COST_OF_LOOP: u64 = 16;

/// Loops of less cost for each sample are never divided.
const LEAST_DIVIDED: u64 = 1 << 10;

/// Whether `forward` takes its buffers from the heap.
pub fn has_large_buffers(scheduled: &Scheduled) -> bool {
    let widths = scheduled.inference_plan.widths[1..].iter();
    widths.copied().fold(0, usize::saturating_add) > LARGEST_ON_STACK
}

/// The body of `forward`.
pub fn infer(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let scheduled = &compiled.evaluation;
    let body = Body::new(scheduled, names, &scheduled.inference_plan);
    let kernels = body.kernels(&scheduled.inference);
    let (_, outputs) = sizes(compiled);
    let run = in_buffers(&scheduled.inference_plan.widths, 1, 1, &kernels);
    let outputs_buffer = buffer(OUTPUTS);
    quote! {
        let inputs = inputs.as_slice();
        let batch = 1;
        let mut outputs = #rt::zero_matrix::<T, #outputs, 1>();
        let #outputs_buffer = outputs.as_mut_slice();
        #run;
        outputs
    }
}

/// The body of `jacobian`: as many gradients at once as there are outputs, each of them 1 on one.
pub fn jacobian(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let scheduled = &compiled.jacobian;
    let (inputs, outputs) = sizes(compiled);
    let body = Body::new(scheduled, names, &scheduled.training_plan);
    let kernels = body.kernels(scheduled.forward.iter().chain(&scheduled.backward));
    let program = &scheduled.program;
    let (Some(seed), Some(gradient)) = (program.output_gradient, program.input_gradient) else {
        return quote! {
            let _ = inputs;
            #rt::zero_matrix::<T, #outputs, #inputs>()
        };
    };
    let (seed, gradient) = (body.write(seed), body.read(gradient));
    let inner = quote! {
        #rt::write_identity(#seed, batch);
        #kernels
        #rt::SMatrix::<T, #outputs, #inputs>::from_row_slice(#gradient)
    };
    let run = in_buffers(&scheduled.training_plan.widths, 0, outputs, &inner);
    quote! {
        let inputs = inputs.as_slice();
        let batch = #outputs;
        #run
    }
}

/// The body of `along`: outputs, first and second derivatives lie one after the other.
pub fn along(compiled: &CompiledNetwork, scheduled: &Scheduled, names: &Names) -> TokenStream {
    let rt = runtime();
    let body = Body::new(scheduled, names, &scheduled.inference_plan);
    let kernels = body.kernels(&scheduled.inference);
    let (_, outputs) = sizes(compiled);
    let direction = scheduled.program.direction.map(|direction| body.write(direction));
    let stacked = buffer(OUTPUTS);
    let parts = (0..3usize).map(|part| {
        let (first, last) = (part * outputs, (part + 1) * outputs);
        quote!(#rt::SVector::<T, #outputs>::from_column_slice(&#stacked[#first..#last]))
    });
    let inner = quote! {
        (#direction).copy_from_slice(direction.as_slice());
        #kernels
        [#(#parts),*]
    };
    let run = in_buffers(&scheduled.inference_plan.widths, 0, 1, &inner);
    quote! {
        let inputs = inputs.as_slice();
        let batch = 1;
        #run
    }
}

/// What runs in buffers, of which those from the n-th on are declared here.
fn in_buffers(widths: &[usize], from: usize, batch: usize, inner: &TokenStream) -> TokenStream {
    let rt = runtime();
    let sizes = widths[from..].iter().map(|width| width.saturating_mul(batch));
    let names: Vec<Ident> = (from..widths.len()).map(buffer).collect();
    let total = sizes.clone().fold(0, usize::saturating_add);
    if total <= LARGEST_ARRAYS {
        return quote!({ #(let #names = &mut [T::ZERO; #sizes][..];)* #inner });
    }
    let place = if total <= LARGEST_ON_STACK { quote!(on_stack) } else { quote!(on_heap) };
    quote! {
        #rt::#place::<T, _, #total>(|memory| {
            let ([#(#names),*], _) = #rt::split_workspace(memory, 1, [#(#sizes),*]);
            #inner
        })
    }
}

fn buffer(number: usize) -> Ident {
    local(&format!("buffer{number}"))
}

/// Kernels as calls, in the memory of a plan.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    program: &'a Program,
    names: &'a Names,
    plan: &'a Plan,
    /// Whether the loops are to be those of the statements and no others.
    plain: bool,
    /// Where the kernels run.
    samples: Samples,
}

/// The samples that kernels run for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Samples {
    /// Few: one, or as many as there are outputs.
    Few,
    /// A batch, which large loops may divide.
    Batch,
    /// A tile of the batch; sums for parameters go to those of its group.
    Tile,
}

impl<'a> Body<'a> {
    pub fn new(scheduled: &'a Scheduled, names: &'a Names, plan: &'a Plan) -> Self {
        let plain = scheduled.mode == Mode::Loops;
        Self { program: &scheduled.program, names, plan, plain, samples: Samples::Few }
    }

    /// The buffers cut out of the pass, then the kernels, some of them in tiles. `others` run before or
    /// after them on the same buffers.
    pub fn tokens(
        self,
        kernels: &[Kernel],
        tiles: Option<&Tiles>,
        others: &[Kernel],
    ) -> TokenStream {
        let rt = runtime();
        let widths = &self.plan.widths;
        let buffers = (0..widths.len()).map(buffer);
        let used = (0..widths.len()).map(buffer);
        let body = Self { samples: Samples::Batch, ..self };
        let kernels = match tiles {
            None => body.kernels(kernels),
            Some(tiles) => {
                let (before, rest) = kernels.split_at(tiles.range.start);
                let (inside, after) = rest.split_at(tiles.range.len());
                let outside = [before, after, others].concat();
                let (before, after) = (body.kernels(before), body.kernels(after));
                let tiles = self.tiles(tiles, inside, &outside);
                quote!(#before #tiles #after)
            }
        };
        quote! {
            let ([#(#buffers),*], shared) = #rt::split_workspace(pass, batch, [#(#widths),*]);
            let _ = (#(&#used,)* &shared);
            #kernels
        }
    }

    /// Kernels for some samples, then for the next ones; then the sums for parameters of all.
    fn tiles(&self, tiles: &Tiles, inside: &[Kernel], outside: &[Kernel]) -> TokenStream {
        let rt = runtime();
        let inputs = Literal::usize_unsuffixed(self.program.array(self.program.input).width());
        let (samples, flops) = (tiles.samples, Literal::u64_unsuffixed(tiles.flops));
        let buffers = self.plan.widths.iter().enumerate().map(|(number, width)| {
            let is_kept = self.plan.is_kept(self.program, number, inside, outside);
            let name = buffer(number);
            quote!(#rt::TileBuffer { scalars: &mut *#name, width: #width, is_kept: #is_kept })
        });
        let names: Vec<Ident> = (0..self.plan.widths.len()).map(buffer).collect();
        let summed = summed(self.program, inside);
        let widths: Vec<usize> =
            summed.iter().map(|(_, array)| self.program.array(*array).width()).collect();
        let all: usize = widths.iter().sum();
        let sums: Vec<Ident> = summed.iter().map(|(number, _)| sums_of(*number)).collect();
        let mut first = 0;
        let added = summed.iter().zip(&widths).map(|((_, array), width)| {
            let (target, start) = (self.write(*array), first);
            first += width;
            quote!(tiling.add_up(&*shared, #all, #start, #target);)
        });
        let kernels = Self { samples: Samples::Tile, ..*self }.kernels(inside);
        quote! {
            let tiling = #rt::Tiling { batch, samples: #samples, flops: #flops };
            tiling.run([#(#buffers),*], &mut *shared, #all, |tile, [#(#names),*], sums| {
                let batch = tile.len();
                let inputs = &inputs[tile.start * #inputs..][..batch * #inputs];
                let ([#(#sums),*], _) = #rt::split_workspace(sums, 1, [#(#widths),*]);
                let _ = (inputs, #(&#names,)* #(&#sums,)*);
                #kernels
            });
            #(#added)*
        }
    }

    fn kernels<'k>(&self, kernels: impl IntoIterator<Item = &'k Kernel>) -> TokenStream {
        let kernels: Vec<&Kernel> = kernels.into_iter().collect();
        let groups = kernels.chunk_by(|one, next| scan(one) == scan(next));
        let groups = groups.map(|group| {
            let calls: TokenStream = group.iter().map(|kernel| self.kernel(kernel)).collect();
            match scan(group[0]) {
                None => calls,
                Some(scan) => self.steps(scan, &calls),
            }
        });
        groups.collect()
    }

    /// A scan's kernels, one step after the other.
    fn steps(&self, scan: Scan, calls: &TokenStream) -> TokenStream {
        let count = Literal::usize_unsuffixed(self.program.extent(scan.index).per_sample());
        let step = step();
        let reverse = scan.is_reverse.then(|| quote!(.rev()));
        quote!(for #step in (0..#count)#reverse { #calls })
    }

    fn kernel(&self, kernel: &Kernel) -> TokenStream {
        match kernel {
            Kernel::Alias { .. } => quote!(),
            Kernel::Product(product) => self.product(product),
            Kernel::Windows(windows) => self.windows(windows),
            Kernel::Loops(statement) => self.loops(statement),
        }
    }

    fn product(&self, product: &Product) -> TokenStream {
        let rt = runtime();
        let [rows, columns, depth] = [product.rows, product.columns, product.depth].map(count);
        let (left_stride, right_stride) =
            product.repeat.map_or((0, 0), |repeat| (repeat.left_stride, repeat.right_stride));
        let left = self.operand(&product.left, left_stride);
        let right = self.operand(&product.right, right_stride);
        let start = match product.start {
            Start::Zero => quote!(#rt::Start::Zero),
            Start::Target => quote!(#rt::Start::Target),
            Start::Row(row) => {
                let row = self.read(row);
                quote!(#rt::Start::Row(#row))
            }
        };
        let target = self.write(product.target);
        let shape = quote!(#rt::Shape { rows: #rows, columns: #columns, depth: #depth });
        let part = Literal::usize_unsuffixed(product.part.unwrap_or(0));
        let Some(repeat) = product.repeat else {
            let target = match product.part {
                None => target,
                Some(_) => quote!(&mut (#target)[#part..][..#rows * #columns]),
            };
            return quote!(#rt::product(#shape, #left, #right, #start, #target););
        };
        let times = count(repeat.count);
        let stride = Literal::usize_unsuffixed(repeat.target_stride);
        let start = match repeat.target_stride {
            0 => quote!(if repeat == 0 { #start } else { #rt::Start::Target }),
            _ => start,
        };
        let target = quote!(&mut (#target)[#part + repeat * #stride..][..#rows * #columns]);
        quote! {
            for repeat in 0..#times {
                #rt::product(#shape, #left, #right, #start, #target);
            }
        }
    }

    fn windows(&self, windows: &Windows) -> TokenStream {
        let rt = runtime();
        let Windows { rows, columns, depth, left, right_stride, .. } = windows;
        let place = match windows.place {
            kernels::Place::Right => quote!(RightRows),
            kernels::Place::Target => quote!(TargetRows),
            kernels::Place::Sums => quote!(RightColumns),
        };
        let start = match windows.start {
            Start::Target => quote!(Target),
            Start::Zero | Start::Row(_) => quote!(Zero),
        };
        let (counts, steps): (Vec<usize>, Vec<usize>) = windows.offsets.iter().copied().unzip();
        let all: usize = counts.iter().product();
        let [left_stride, of_right, of_target] = windows.strides;
        let times = count(windows.count);
        let (left, right) = (self.operand(left, 0), self.read(windows.right));
        let target = self.write(windows.target);
        quote! {
            #rt::windowed_product(
                &#rt::WindowedProduct {
                    windowed: #rt::Windowed::#place,
                    shape: #rt::Shape { rows: #rows, columns: #columns, depth: #depth },
                    offsets: const {
                        const EACH: [usize; #all] = #rt::offsets(&[#((#counts, #steps)),*]);
                        #rt::Offsets::new(&EACH)
                    },
                    repeat: #rt::Repeat {
                        count: #times,
                        left_stride: #left_stride,
                        right_stride: #of_right,
                        target_stride: #of_target,
                    },
                    left: #left,
                    right: #right,
                    right_stride: #right_stride,
                    start: #rt::Start::#start,
                },
                #target,
            );
        }
    }

    /// An operand, which begins further on each time that the product is repeated.
    fn operand(&self, operand: &Operand, repeat_stride: usize) -> TokenStream {
        let rt = runtime();
        let data = self.read(operand.array);
        let start = Literal::usize_unsuffixed(operand.start);
        let stride = Literal::usize_unsuffixed(repeat_stride);
        let data = match (operand.start, repeat_stride) {
            (0, 0) => data,
            (_, 0) => quote!(&(#data)[#start..]),
            (0, _) => quote!(&(#data)[repeat * #stride..]),
            _ => quote!(&(#data)[#start + repeat * #stride..]),
        };
        let row_stride = Literal::usize_unsuffixed(operand.row_stride);
        let column_stride = Literal::usize_unsuffixed(operand.column_stride);
        quote! {
            #rt::Operand { data: #data, row_stride: #row_stride, column_stride: #column_stride }
        }
    }

    /// A statement as loops: a function of its own, compiled for each SIMD level.
    fn loops(&self, statement: &Statement) -> TokenStream {
        let rt = runtime();
        let program = self.program;
        let target = statement.target.array;
        let mut storage = HashMap::from([(target, Storage::Slice(local("target")))]);
        let mut places = vec![(self.plan.place(target), local("target"))];
        let mut sources = Vec::new();
        for (_, access) in program.graph.elements(statement.value) {
            let place = self.plan.place(access.array);
            let known = places.iter().find(|(other, _)| *other == place);
            let is_new = known.is_none();
            let new = || local(&format!("source{}", sources.len()));
            let name = known.map_or_else(new, |(_, name)| name.clone());
            if is_new {
                sources.push((name.clone(), access.array));
                places.push((place, name.clone()));
            }
            storage.insert(access.array, Storage::Slice(name));
        }
        let scope = Scope { program, storage, length: quote!(batch), plain: self.plain };
        let nest = nest(&scope, statement);
        let names: Vec<&Ident> = sources.iter().map(|(name, _)| name).collect();
        let slices = sources.iter().map(|(_, array)| self.read(*array));
        let types = names.iter().map(|_| quote!(&[T]));
        let written = self.write(target);
        let samples = reads(program, statement, is_count_of_samples).then(|| {
            let variable = setting(BATCH);
            quote!(let #variable = T::of(batch as f64);)
        });
        let draws = reads(program, statement, |node| matches!(node, Node::Random(..)));
        let (key, key_type) = (draws.then(|| quote!(key,)), draws.then(|| quote!(u64,)));
        let number = step();
        let step = statement.scan.map(|_| quote!(#number,));
        let step_type = statement.scan.map(|_| quote!(usize,));
        let types = quote!((usize, #key_type #step_type #(#types,)*));
        let arguments = quote!((batch, #key #step #(#names,)*));
        let name = self.names.nests.name(&types, &arguments, &quote!(#samples #nest));
        let run = quote!(#rt::vectorise::<#name, _, _>);
        match self.divided(statement) {
            None => quote!(#run(#written, (batch, #key #step #(#slices,)*));),
            Some((width, cost)) => {
                let parts = sources.iter().map(|(_, array)| {
                    let (slice, array) = (self.read(*array), program.array(*array));
                    let width = Literal::usize_unsuffixed(array.width());
                    if array.is_batched() {
                        quote!(&(#slice)[samples.start * #width..samples.end * #width])
                    } else {
                        slice
                    }
                });
                quote! {
                    #rt::for_each_range_of_samples(batch, #cost, #written, #width, |samples, target| {
                        #run(target, (samples.len(), #(#parts,)*));
                    });
                }
            }
        }
    }

    /// If threads may divide the samples of a statement: the target's scalars for each, and what each
    /// costs.
    fn divided(&self, statement: &Statement) -> Option<(usize, usize)> {
        let cost = self.program.flops(statement).saturating_mul(COST_OF_LOOP);
        let is_divided = self.samples == Samples::Batch
            && !self.plain
            && statement.scan.is_none()
            && is_of_one_sample(self.program, statement)
            && cost >= LEAST_DIVIDED;
        let width = self.program.array(statement.target.array).width();
        is_divided.then_some((width, usize::try_from(cost).unwrap_or(usize::MAX)))
    }

    fn read(&self, array: ArrayId) -> TokenStream {
        match self.plan.place(array) {
            Place::Inputs => quote!(inputs),
            Place::Parameter(number) => {
                let path = self.names.path(self.program, number);
                quote!(self.#path.as_slice())
            }
            Place::ParameterGradient(number) if self.samples == Samples::Tile => {
                let sums = sums_of(number);
                quote!(&*#sums)
            }
            Place::ParameterGradient(number) => {
                let path = self.names.path(self.program, number);
                quote!(gradient.#path.as_slice())
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
        match self.plan.place(array) {
            Place::ParameterGradient(number) if self.samples == Samples::Tile => {
                let sums = sums_of(number);
                quote!(&mut *#sums)
            }
            Place::ParameterGradient(number) => {
                let path = self.names.path(self.program, number);
                quote!(gradient.#path.as_mut_slice())
            }
            Place::Inputs | Place::Parameter(_) => quote!(&mut []),
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

/// The parameters to whose gradients kernels add: their numbers and the gradients.
pub fn summed(program: &Program, kernels: &[Kernel]) -> Vec<(usize, ArrayId)> {
    let targets: Vec<ArrayId> = kernels.iter().map(kernels::target).collect();
    let parameters = program.parameters.iter().enumerate();
    let gradients = parameters.filter_map(|(number, one)| Some((number, one.gradient?)));
    gradients.filter(|(_, gradient)| targets.contains(gradient)).collect()
}

/// The sums for the gradient on the n-th parameter.
fn sums_of(number: usize) -> Ident {
    local(&format!("sums{number}"))
}

fn reads(program: &Program, statement: &Statement, is_it: impl Fn(&Node) -> bool) -> bool {
    program.graph.reachable(statement.value).into_iter().any(|id| is_it(program.graph.node(id)))
}

fn is_count_of_samples(node: &Node) -> bool {
    matches!(node, Node::Setting(name) if **name == *BATCH)
}

fn count(count: Count) -> TokenStream {
    let size = Literal::usize_unsuffixed(count.size);
    match (count.batched, count.size) {
        (false, _) => quote!(#size),
        (true, 1) => quote!(batch),
        (true, _) => quote!(batch * #size),
    }
}
