//! Losses of single numbers, called in other equations: `huber(q[action], worth)`, or with settings
//! `huber(delta = 2)(q[action], worth)`.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::resolver::Resolver;
use super::spelling::suggestion;
use super::value::{APPLIED_ELSEWHERE, number};
use crate::frontend::resolved::Value;
use crate::frontend::syntax::{AppliedLayers, Argument, Definition, Expression, Location, Setting};

impl<'a> Resolver<'a> {
    /// A loss with settings; layers are applied elsewhere.
    pub fn apply_loss(
        &mut self,
        layers: &AppliedLayers,
        arguments: &[Expression],
        location: Location,
    ) -> Option<Value> {
        match layers {
            AppliedLayers::Layer(layer) if self.is_loss_called(&layer.name) => {
                self.call_loss(&layer.name, &layer.arguments, arguments, location)
            }
            AppliedLayers::Layer(_) | AppliedLayers::Chain(_) | AppliedLayers::Reuse(_) => {
                self.report(location, APPLIED_ELSEWHERE);
                None
            }
        }
    }

    /// Whether a name is a loss's, and no function's or layer's.
    pub fn is_loss_called(&self, name: &Ident) -> bool {
        let (name, definitions) = (name.to_string(), self.definitions);
        !definitions.has_function(&name) && !definitions.losses(&name).is_empty()
    }

    /// The equation of a loss with its arguments, outputs before targets.
    pub fn call_loss(
        &mut self,
        function: &Ident,
        settings: &[Argument],
        arguments: &[Expression],
        location: Location,
    ) -> Option<Value> {
        let losses = self.definitions.losses(&function.to_string());
        let Some(loss) = losses.into_iter().find(|loss| loss.is_of_numbers()) else {
            let message = format!(
                "`{function}` is a loss of arrays: give it whole arrays, in a statement of a network \
                 or of a loss of one"
            );
            self.report(function.span(), message);
            return None;
        };
        self.loss_of_numbers(loss, function, settings, arguments, location)
    }

    fn loss_of_numbers(
        &mut self,
        loss: &'a Definition,
        function: &Ident,
        settings: &[Argument],
        arguments: &[Expression],
        location: Location,
    ) -> Option<Value> {
        let inputs = loss.inputs.iter().chain(&loss.targets);
        if inputs.clone().count() != arguments.len() {
            let names: Vec<String> = inputs.map(|input| input.name.to_string()).collect();
            let (list, count) = (names.join(", "), names.len());
            let message = format!("`{function}` takes {count} numbers: {list}");
            self.report(location, message);
            return None;
        }
        let values: Vec<Option<Value>> = arguments.iter().map(|one| self.value(one)).collect();
        let values: Vec<Value> = values.into_iter().collect::<Option<_>>()?;
        let inputs = inputs.map(|input| input.name.to_string());
        let mut names: BTreeMap<String, Value> = inputs.zip(values).collect();
        for (position, argument) in settings.iter().enumerate() {
            let setting = self.setting_of(loss, position, argument)?;
            let value = self.value(&argument.value)?;
            self.check_range(setting, argument, &value)?;
            if names.insert(setting.name.to_string(), value).is_some() {
                let message = format!("`{}` is given twice", setting.name);
                self.report(argument.location(), message);
                return None;
            }
        }
        self.written_out(loss, function, names, location)
    }

    /// The setting that an argument is for.
    fn setting_of(
        &mut self,
        loss: &'a Definition,
        position: usize,
        argument: &Argument,
    ) -> Option<&'a Setting> {
        let settings = &loss.settings;
        let found = match &argument.name {
            Some(name) => settings.iter().find(|setting| setting.name == *name),
            None => settings.get(position),
        };
        if found.is_none() {
            let known: Vec<String> = settings.iter().map(|one| one.name.to_string()).collect();
            let message = match &argument.name {
                Some(given) => {
                    let hint = suggestion(&given.to_string(), &known);
                    format!("`{}` has no setting `{given}`{hint}", loss.name)
                }
                None => format!("`{}` has {} settings", loss.name, known.len()),
            };
            self.report(argument.location(), message);
        }
        found
    }

    /// A setting that is a number lies in its range.
    fn check_range(&mut self, setting: &Setting, given: &Argument, value: &Value) -> Option<()> {
        let (least, greatest) = self.known.range(setting, self.diagnostics)?;
        let Some(number) = number(value) else { return Some(()) };
        if number >= least && number <= greatest {
            return Some(());
        }
        let name = &setting.name;
        let message = format!("`{name}` is between {least} and {greatest}, but this is {number}");
        self.report(given.value.location, message);
        None
    }
}
