//! An optimizer's type, and its step: what is computed once, and a loop over parameters for each set of
//! states that its settings may ask for.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use super::equations;
use super::loop_nest::{Scope, Storage, loop_nest, number};
use super::tokens::{identifier_of, in_own_scope, local, runtime, setting};
use crate::explain::{Explanations, is_plain};
use crate::frontend::resolved::{Optimizer, OptimizerRequirement, OptimizerSetting, STEP};
use crate::ir::index::ArrayId;
use crate::lower::optimizer::Requirement;
use crate::schedule::loop_nest::LoopNest;
use crate::schedule::optimizers::{OptimizerLoops, ScheduledState, Variant, number_name};

/// An optimizer ready to be printed.
pub struct CompiledOptimizer {
    pub optimizer: Optimizer,
    pub loops: OptimizerLoops,
    pub explanations: Explanations,
}

/// The struct, which holds the settings, and the rule.
pub fn optimizer(compiled: &CompiledOptimizer) -> TokenStream {
    let structure = structure(compiled);
    let implementations =
        [defaults(compiled), explanations(compiled), rule(compiled), updates(compiled)];
    let implementations = in_own_scope(&quote!(#(#implementations)*));
    quote!(#structure #implementations)
}

fn structure(compiled: &CompiledOptimizer) -> TokenStream {
    let CompiledOptimizer { optimizer, explanations, .. } = compiled;
    let (name, visibility) = (&optimizer.structure, &optimizer.visibility);
    let otherwise = "An optimizer, compiled from its equations.";
    let text = explanations.text();
    let documentation = equations::documentation(&optimizer.documentation, otherwise, &text);
    let fields = optimizer.settings.iter().map(|setting| {
        let name = identifier_of(&setting.name);
        let (kind, default) = if setting.is_truth {
            (quote!(bool), (setting.default != 0.0).to_string())
        } else {
            (quote!(f64), setting.default.to_string())
        };
        let text = format!("{default}, by default.");
        quote!(#[doc = #text] pub #name: ::core::primitive::#kind,)
    });
    quote! {
        #(#[doc = #documentation])*
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
        )]
        #visibility struct #name {
            #(#fields)*
        }
    }
}

fn default(setting: &OptimizerSetting) -> TokenStream {
    if setting.is_truth {
        (setting.default != 0.0).into_token_stream()
    } else {
        number(setting.default)
    }
}

fn defaults(compiled: &CompiledOptimizer) -> TokenStream {
    let name = &compiled.optimizer.structure;
    let defaults = compiled.optimizer.settings.iter().map(|setting| {
        let (name, value) = (identifier_of(&setting.name), default(setting));
        quote!(#name: #value,)
    });
    quote! {
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self { #(#defaults)* }
            }
        }
    }
}

fn explanations(compiled: &CompiledOptimizer) -> TokenStream {
    let name = &compiled.optimizer.structure;
    let what = "The equations of a step of one parameter.";
    let is_plain = has_plain_defaults(&compiled.optimizer);
    let equations = equations::methods(what, &[&compiled.explanations], &is_plain);
    quote! {
        impl #name {
            #equations
        }
    }
}

/// Whether each setting with a plain default has it.
fn has_plain_defaults(optimizer: &Optimizer) -> TokenStream {
    let plain = optimizer.settings.iter().filter(|one| is_plain(one.default));
    let (truths, numbers): (Vec<&OptimizerSetting>, Vec<&OptimizerSetting>) =
        plain.partition(|one| one.is_truth);
    let numbers: Vec<_> = numbers.into_iter().map(|one| (&one.name, one.default)).collect();
    let truths = truths.into_iter().map(|one| {
        let name = identifier_of(&one.name);
        if one.default == 0.0 { quote!(!self.#name) } else { quote!(self.#name) }
    });
    equations::are_settings(&numbers, truths)
}

/// The implementation of `Rule`.
fn rule(compiled: &CompiledOptimizer) -> TokenStream {
    let rt = runtime();
    let CompiledOptimizer { optimizer, loops, .. } = compiled;
    let name = &optimizer.structure;
    let (arrays, singles) = (states(loops, false), states(loops, true));
    let [names, names_of_singles] = [&arrays, &singles].map(|states| state_names(loops, states));
    let text = name.to_string();
    let [start, start_of_single] = [&arrays, &singles].map(|states| starts(compiled, states));
    let (keeps, check, update) = (keeps(compiled, &arrays), check(compiled), update(compiled));
    let has_decay = optimizer.settings.iter().any(|setting| setting.name == "weight_decay");
    let decay = if has_decay {
        quote!(::core::option::Option::Some(&mut self.weight_decay))
    } else {
        quote!(::core::option::Option::None)
    };
    quote! {
        impl #rt::Rule for #name {
            const NAME: &'static ::core::primitive::str = #text;
            const STATES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
            const NUMBERS: &'static [&'static ::core::primitive::str] = &[#(#names_of_singles),*];

            fn check(&self) -> ::core::result::Result<(), #rt::OptimizerError> { #check }

            fn keeps(&self, state: usize) -> bool { #keeps }

            fn start(&self, state: usize) -> f64 { #start }

            fn start_of_number(&self, state: usize) -> f64 { #start_of_single }

            fn lr_mut(&mut self) -> &mut f64 {
                &mut self.lr
            }

            fn weight_decay_mut(&mut self) -> ::core::option::Option<&mut f64> { #decay }

            fn update<T: #rt::Real>(
                &self,
                step: u64,
                states: &mut [f64],
                part: #rt::Part<'_, T>,
            ) { #update }
        }
    }
}

/// The states that are one number, or that have one for each parameter.
fn states(loops: &OptimizerLoops, are_single: bool) -> Vec<&ScheduledState> {
    loops.states.iter().filter(|state| state.is_single == are_single).collect()
}

/// What the states are called in the optimizer's text.
fn state_names(loops: &OptimizerLoops, states: &[&ScheduledState]) -> Vec<String> {
    states.iter().map(|state| loops.program.array(state.before).name.clone()).collect()
}

/// A function of the settings in double precision, called. It is generic, so that `T` is a type of which
/// traits of the user's module say nothing.
fn in_double_precision(
    compiled: &CompiledOptimizer,
    arguments: &[(Ident, TokenStream)],
    output: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let (rt, name) = (runtime(), &compiled.optimizer.structure);
    let (names, types): (Vec<&Ident>, Vec<&TokenStream>) =
        arguments.iter().map(|(name, kind)| (name, kind)).unzip();
    let settings = compiled.optimizer.settings.iter().map(|one| {
        let (field, variable) = (identifier_of(&one.name), setting(&one.name.to_string()));
        let value = quote!(rule.#field);
        let value = if one.is_truth { quote!(if #value { 1.0 } else { 0.0 }) } else { value };
        quote!(let #variable = T::of(#value);)
    });
    let computed = loop_nests(&compiled.loops, &compiled.loops.settings);
    quote! {
        fn from_settings<T: #rt::Real>(rule: &#name, #(#names: #types),*) -> #output {
            #(#settings)*
            #computed
            #body
        }
        from_settings::<f64>(self, #(#names),*)
    }
}

/// The number of a state, as an argument.
fn state_argument() -> [(Ident, TokenStream); 1] {
    [(local("state"), quote!(usize))]
}

/// Statements without loops.
fn loop_nests(loops: &OptimizerLoops, loop_nests: &[LoopNest]) -> TokenStream {
    let ids = (0u32..).zip(&loops.program.arrays).map(|(id, _)| ArrayId(id));
    let storage: HashMap<ArrayId, Storage> =
        ids.map(|id| (id, Storage::Variable(variable(loops, id)))).collect();
    let scope = Scope { program: &loops.program, storage, length: quote!(1) };
    loop_nests.iter().map(|nest| loop_nest(&scope, nest)).collect()
}

fn variable(loops: &OptimizerLoops, id: ArrayId) -> Ident {
    local(&format!("{}_{}", loops.program.array(id).name, id.0))
}

/// Whether the settings' answer to a question is yes.
fn is_true(loops: &OptimizerLoops, answer: ArrayId) -> TokenStream {
    let answer = variable(loops, answer);
    quote!(#answer != T::ZERO)
}

/// Each setting in its range, and all together as is required.
fn check(compiled: &CompiledOptimizer) -> TokenStream {
    let rt = runtime();
    let CompiledOptimizer { optimizer, loops, .. } = compiled;
    let numbers = optimizer.settings.iter().filter(|setting| !setting.is_truth);
    let ranges = numbers.map(|setting| {
        let (name, text, expected) =
            (identifier_of(&setting.name), setting.name.to_string(), expected(setting));
        let [least, greatest] = [setting.range.0, setting.range.1].map(number);
        let dots = if setting.is_half_open { quote!(..) } else { quote!(..=) };
        quote!(#rt::check_range(#text, self.#name, &(#least #dots #greatest), #expected)?;)
    });
    let requirements = optimizer.requirements.iter().zip(&loops.requirements);
    let requirements = requirements.map(|(written, one)| requirement(loops, written, one));
    let output = quote!(::core::result::Result<(), #rt::OptimizerError>);
    let body = quote!(#(#requirements)* ::core::result::Result::Ok(()));
    let requirements = in_double_precision(compiled, &[], &output, &body);
    quote!(#(#ranges)* #requirements)
}

fn requirement(
    loops: &OptimizerLoops,
    written: &OptimizerRequirement,
    one: &Requirement,
) -> TokenStream {
    let (rt, text) = (runtime(), &written.text);
    let [left, right] = [one.left, one.right].map(|side| variable(loops, side));
    let sign: TokenStream = one.comparison.sign().parse().unwrap_or_default();
    let holds = quote!(#left #sign #right);
    let holds = match one.applies {
        Some(applies) => {
            let applies = is_true(loops, applies);
            quote!(!(#applies) || #holds)
        }
        None => holds,
    };
    let sides = quote!((T::to_f64(#left), T::to_f64(#right)));
    quote!(#rt::check_requirement(#text, #sides, #holds)?;)
}

/// The range of a setting in words.
fn expected(setting: &OptimizerSetting) -> String {
    let (least, greatest) = setting.range;
    let above =
        if least == f64::NEG_INFINITY { String::new() } else { format!("at least {least}") };
    let below = match (greatest == f64::INFINITY, setting.is_half_open) {
        (true, true) => "finite".to_owned(),
        (true, false) => String::new(),
        (false, true) => format!("below {greatest}"),
        (false, false) => format!("at most {greatest}"),
    };
    match (above.is_empty(), below.is_empty()) {
        (true, true) => "a number".to_owned(),
        (false, false) => format!("{above} and {below}"),
        _ => above + &below,
    }
}

/// Which states the settings ask for.
fn keeps(compiled: &CompiledOptimizer, states: &[&ScheduledState]) -> TokenStream {
    let loops = &compiled.loops;
    let arms = states.iter().enumerate().filter_map(|(at, state)| {
        let answer = is_true(loops, state.settings.is_kept?);
        Some(quote!(#at => #answer,))
    });
    let arms: TokenStream = arms.collect();
    if arms.is_empty() {
        let count = states.len();
        return quote!(state < #count);
    }
    let body = quote!(match state { #arms _ => true });
    in_double_precision(compiled, &state_argument(), &quote!(bool), &body)
}

/// What states begin with.
fn starts(compiled: &CompiledOptimizer, states: &[&ScheduledState]) -> TokenStream {
    let arms = states.iter().enumerate().map(|(at, state)| {
        let start = variable(&compiled.loops, state.settings.start);
        quote!(#at => T::to_f64(#start),)
    });
    let body = quote!(match state { #(#arms)* _ => 0.0 });
    in_double_precision(compiled, &state_argument(), &quote!(f64), &body)
}

/// What is computed once a step, and the loop for the states that are kept.
fn update(compiled: &CompiledOptimizer) -> TokenStream {
    let loops = &compiled.loops;
    let singles = states(loops, true);
    let step = setting(STEP);
    let loads = singles.iter().enumerate().map(|(at, state)| {
        let variable = variable(loops, state.before);
        match state.settings.is_kept.map(|answer| is_true(loops, answer)) {
            Some(is_kept) => {
                quote!(let #variable = T::of(if #is_kept { states[#at] } else { 0.0 });)
            }
            None => quote!(let #variable = T::of(states[#at]);),
        }
    });
    let once = loop_nests(loops, &loops.once);
    let stores = singles.iter().enumerate().map(|(at, state)| {
        let variable = variable(loops, state.after);
        let store = quote!(states[#at] = T::to_f64(#variable););
        match state.settings.is_kept.map(|answer| is_true(loops, answer)) {
            Some(is_kept) => quote!(if #is_kept { #store }),
            None => store,
        }
    });
    let numbers = loops.numbers.iter().map(|&number| variable(loops, number));
    let conditions = loops.conditions.iter().map(|&answer| is_true(loops, answer));
    let (count, count_of_conditions) = (loops.numbers.len(), loops.conditions.len());
    let output = quote!(([f64; #count], [bool; #count_of_conditions]));
    let body = quote! {
        let #step = T::of(step as f64);
        #(#loads)*
        #once
        #(#stores)*
        ([#(T::to_f64(#numbers)),*], [#(#conditions),*])
    };
    let arguments = [(local("step"), quote!(u64)), (local("states"), quote!(&mut [f64]))];
    let computed = in_double_precision(compiled, &arguments, &output, &body);
    let choice = choice(loops);
    quote! {
        let (numbers, conditions) = { #computed };
        #choice
    }
}

/// The loop for the conditions that hold.
fn choice(loops: &OptimizerLoops) -> TokenStream {
    let rt = runtime();
    let last = loops.variants.len() - 1;
    let arms = (0..loops.variants.len()).map(|variant| {
        let holds = (0..loops.conditions.len()).map(|at| variant >> at & 1 == 1);
        let pattern = if variant == last { quote!(_) } else { quote!([#(#holds),*]) };
        quote!(#pattern => #rt::Real::by_precision::<Update<#variant>>((part, &numbers)),)
    });
    quote!(match conditions { #(#arms)* })
}

/// The loops over parameters, each compiled here for both precisions.
fn updates(compiled: &CompiledOptimizer) -> TokenStream {
    let loops = &compiled.loops;
    let variants = loops.variants.iter().enumerate();
    let variants = variants.map(|(number, variant)| update_of(loops, number, variant));
    quote!(enum Update<const VARIANT: usize> {} #(#variants)*)
}

fn update_of(loops: &OptimizerLoops, number: usize, variant: &Variant) -> TokenStream {
    let rt = runtime();
    let count = loops.numbers.len();
    let arrays = (0..loops.states.len()).filter(|&at| !loops.states[at].is_single);
    let arrays: Vec<usize> = arrays.collect();
    let place = |at: &usize| arrays.iter().position(|array| array == at).unwrap_or_default();
    let kept: Vec<usize> = variant.kept.iter().map(place).collect();
    let states = kept.len();
    let number = Literal::usize_unsuffixed(number);
    let body = loop_over_parameters(loops, variant);
    quote! {
        impl #rt::ByPrecision for Update<#number> {
            type Arguments<'a, T: #rt::Real> = (#rt::Part<'a, T>, &'a [f64; #count]);

            fn single((part, numbers): (#rt::Part<'_, f32>, &[f64; #count])) {
                #rt::Part::update::<Self, _, #states>(part, [#(#kept),*], numbers);
            }

            fn double((part, numbers): (#rt::Part<'_, f64>, &[f64; #count])) {
                #rt::Part::update::<Self, _, #states>(part, [#(#kept),*], numbers);
            }
        }

        impl<'a, T: #rt::Real>
            #rt::Body<&'a mut [T], (&'a [f64; #count], &'a [T], [&'a mut [T]; #states])>
            for Update<#number>
        {
            type Output = ();

            #[inline(always)]
            fn run(
                parameters: &'a mut [T],
                (numbers, gradient, states): (&'a [f64; #count], &'a [T], [&'a mut [T]; #states]),
            ) {
                #body
            }
        }
    }
}

/// The loop over parameters, their gradient and the states that are kept.
fn loop_over_parameters(loops: &OptimizerLoops, variant: &Variant) -> TokenStream {
    let numbers = (0..loops.numbers.len()).map(|at| {
        let variable = setting(&number_name(at));
        quote!(let #variable = T::of(numbers[#at]);)
    });
    let [parameter, gradient] = loops.arguments.map(|array| variable(loops, array));
    let kept: Vec<&ScheduledState> = variant.kept.iter().map(|&at| &loops.states[at]).collect();
    let slices: Vec<Ident> = (0..kept.len()).map(|at| local(&format!("state{at}"))).collect();
    let before = kept.iter().map(|state| variable(loops, state.before));
    let after = kept.iter().map(|state| variable(loops, state.after));
    let next = variable(loops, variant.function.outputs[0].array);
    let start = (quote!((parameter, &#gradient)), quote!(::core::iter::zip(parameters, gradient)));
    let (pattern, iterator) = slices.iter().fold(start, |(pattern, iterator), slice| {
        (quote!((#pattern, #slice)), quote!(::core::iter::zip(#iterator, #slice)))
    });
    let body = loop_nests(loops, &variant.loop_nests);
    quote! {
        #(#numbers)*
        let [#(#slices),*] = states;
        for #pattern in #iterator {
            let #parameter = *parameter;
            #(let #before = *#slices;)*
            #body
            *parameter = #next;
            #(*#slices = #after;)*
        }
    }
}
