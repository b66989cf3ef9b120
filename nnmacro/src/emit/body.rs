//! The bodies of forward and backward: kernels as calls, in the memory of a plan.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::nest::{Scope, Storage, nest, step};
use super::types::{Names, sizes};
use super::{CompiledNetwork, local, runtime, setting};
use crate::check::BATCH;
use crate::index::ArrayId;
use crate::plan::{OUTPUTS, Place, Plan, Scheduled};
use crate::program::{Program, Scan, Statement};
use crate::recognise::{self, Count, Kernel, Mode, Operand, Product, Start, Windows, scan};
use crate::scalar::Node;

/// Buffers of more scalars than this are no longer laid on the stack by `forward`.
const LARGEST_ON_STACK: usize = 1 << 14;

/// Whether a function of one sample takes its buffers from the heap.
pub fn has_large_buffers(scheduled: &Scheduled) -> bool {
    is_large(&scheduled.inference_plan.widths[1..], 1)
}

fn is_large(widths: &[usize], batch: usize) -> bool {
    widths.iter().sum::<usize>().saturating_mul(batch) > LARGEST_ON_STACK
}

/// The body of `forward`.
pub fn infer(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let scheduled = &compiled.evaluation;
    let body = Body::new(scheduled, names, &scheduled.inference_plan);
    let kernels = body.kernels(&scheduled.inference);
    let (_, outputs) = sizes(compiled);
    let buffers = buffers(&scheduled.inference_plan.widths, 1, 1);
    let outputs_buffer = buffer(OUTPUTS);
    quote! {
        let inputs = inputs.as_slice();
        let batch = 1;
        let mut outputs = #rt::zero_matrix::<T, #outputs, 1>();
        let #outputs_buffer = outputs.as_mut_slice();
        #buffers
        #kernels
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
    let buffers = buffers(&scheduled.training_plan.widths, 0, outputs);
    quote! {
        let inputs = inputs.as_slice();
        let batch = #outputs;
        #buffers
        #rt::identity(#seed, batch);
        #kernels
        #rt::SMatrix::<T, #outputs, #inputs>::from_row_slice(#gradient)
    }
}

/// The body of `along`: outputs, first and second derivatives lie one after the other.
pub fn along(compiled: &CompiledNetwork, scheduled: &Scheduled, names: &Names) -> TokenStream {
    let rt = runtime();
    let body = Body::new(scheduled, names, &scheduled.inference_plan);
    let kernels = body.kernels(&scheduled.inference);
    let (_, outputs) = sizes(compiled);
    let buffers = buffers(&scheduled.inference_plan.widths, 0, 1);
    let direction = scheduled.program.direction.map(|direction| body.write(direction));
    let stacked = buffer(OUTPUTS);
    let parts = (0..3usize).map(|part| {
        let (first, last) = (part * outputs, (part + 1) * outputs);
        quote!(#rt::SVector::<T, #outputs>::from_column_slice(&#stacked[#first..#last]))
    });
    quote! {
        let inputs = inputs.as_slice();
        let batch = 1;
        #buffers
        (#direction).copy_from_slice(direction.as_slice());
        #kernels
        [#(#parts),*]
    }
}

/// Buffers from the n-th on, on the stack unless they are large.
fn buffers(widths: &[usize], from: usize, batch: usize) -> TokenStream {
    let is_large = is_large(&widths[from..], batch);
    let declared = widths.iter().enumerate().skip(from).map(|(number, &width)| {
        let name = buffer(number);
        let size = Literal::usize_unsuffixed(width * batch);
        if is_large {
            quote!(let #name = &mut ::std::vec![T::ZERO; #size][..];)
        } else {
            quote!(let #name = &mut [T::ZERO; #size][..];)
        }
    });
    declared.collect()
}

fn buffer(number: usize) -> Ident {
    local(&format!("buffer{number}"))
}

/// Kernels as calls, in the memory of a plan.
pub struct Body<'a> {
    program: &'a Program,
    names: &'a Names,
    plan: &'a Plan,
    tile: Option<usize>,
    plain: bool,
}

impl<'a> Body<'a> {
    pub fn new(scheduled: &'a Scheduled, names: &'a Names, plan: &'a Plan) -> Self {
        let plain = scheduled.mode == Mode::Loops;
        Self { program: &scheduled.program, names, plan, tile: scheduled.tile, plain }
    }

    /// The buffers cut out of the pass, then the kernels.
    pub fn tokens(&self, kernels: &[Kernel]) -> TokenStream {
        let rt = runtime();
        let widths = &self.plan.widths;
        let buffers = (0..widths.len()).map(buffer);
        let used = (0..widths.len()).map(buffer);
        let kernels = self.kernels(kernels);
        let kernels = self.tile.map_or(kernels.clone(), |samples| self.tiles(samples, &kernels));
        quote! {
            let [#(#buffers),*] = #rt::regions(pass, batch, [#(#widths),*]);
            let _ = (#(&#used),*);
            #kernels
        }
    }

    /// All kernels for some samples, then for the next ones. What is not kept, each tile writes
    /// over what the one before has left in the caches.
    fn tiles(&self, samples: usize, kernels: &TokenStream) -> TokenStream {
        let rt = runtime();
        let inputs = Literal::usize_unsuffixed(self.program.array(self.program.input).width());
        let parts = self.plan.widths.iter().enumerate().map(|(number, &width)| {
            let (name, width) = (buffer(number), Literal::usize_unsuffixed(width));
            let first = if self.plan.is_kept(number) { quote!(tile.start) } else { quote!(0) };
            quote!(let #name = &mut #name[#first * #width..][..batch * #width];)
        });
        quote! {
            for tile in #rt::tiles(batch, #samples) {
                let batch = tile.len();
                let inputs = &inputs[tile.start * #inputs..][..batch * #inputs];
                #(#parts)*
                let _ = inputs;
                #kernels
            }
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
            return quote!(T::product(#shape, #left, #right, #start, #target););
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
                T::product(#shape, #left, #right, #start, #target);
            }
        }
    }

    fn windows(&self, windows: &Windows) -> TokenStream {
        let rt = runtime();
        let Windows { rows, columns, depth, left, right_stride, .. } = windows;
        let place = match windows.place {
            recognise::Place::Right => quote!(Right),
            recognise::Place::Target => quote!(Target),
            recognise::Place::Sums => quote!(Sums),
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
            T::windows(
                &#rt::Windows {
                    place: #rt::Place::#place,
                    shape: #rt::Shape { rows: #rows, columns: #columns, depth: #depth },
                    offsets: const { &#rt::offsets::<#all>(&[#((#counts, #steps)),*]) },
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
                sources.push((name.clone(), self.read(access.array)));
                places.push((place, name.clone()));
            }
            storage.insert(access.array, Storage::Slice(name));
        }
        let scope = Scope { program, storage, length: quote!(batch), plain: self.plain };
        let nest = nest(&scope, statement);
        let (names, slices): (Vec<Ident>, Vec<TokenStream>) = sources.into_iter().unzip();
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
        quote! {
            {
                enum Nest {}
                impl<T: #rt::Real> #rt::Body<&mut [T], #types> for Nest {
                    type Output = ();
                    #[inline(always)]
                    fn run(target: &mut [T], (batch, #key #step #(#names,)*): #types) {
                        let _ = batch;
                        #samples
                        #nest
                    }
                }
                #rt::vectorise::<Nest, _, _>(#written, (batch, #key #step #(#slices,)*));
            }
        }
    }

    fn read(&self, array: ArrayId) -> TokenStream {
        match self.plan.place(array) {
            Place::Inputs => quote!(inputs),
            Place::Parameter(number) => {
                let path = self.names.path(self.program, number);
                quote!(self.#path.as_slice())
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
