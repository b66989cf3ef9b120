//! The settings of a layer: which are given, and what the others are.

use super::constants::{Constants, simplest};
use super::signature::Given;
use super::spelling::suggestion;
use super::walk::Walk;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::ConstantValue;
use crate::frontend::syntax::{Argument, Definition, Expression, LayerTree, Setting};

impl Walk<'_> {
    /// The settings that are given, by position or by name.
    pub fn settings(&mut self, definition: &Definition, arguments: &[&Argument]) -> Option<Given> {
        let mut given = Given::new();
        let mut whole = true;
        for (position, argument) in arguments.iter().enumerate() {
            let setting = self.setting(definition, position, argument);
            let values = self.values(setting, argument);
            let (Some(setting), Some(values)) = (setting, values) else {
                whole = false;
                continue;
            };
            whole &= values.iter().all(|&value| self.is_in_range(setting, argument, value));
            if given.insert(setting.name.to_string(), values).is_some() {
                let message = format!("`{}` is given twice", setting.name);
                self.diagnostics.report(argument.location(), message);
                whole = false;
            }
        }
        whole.then_some(given)
    }

    /// The numbers that an argument gives a setting.
    fn values(&mut self, setting: Option<&Setting>, argument: &Argument) -> Option<Vec<f64>> {
        let mut value = |part: &Expression| match (part.as_truth(), setting) {
            (Some(truth), Some(setting)) if setting.is_truth => Some(truth as f64),
            (Some(_), Some(setting)) => {
                let message = format!("`{}` is a number, not `{part}`", setting.name);
                self.diagnostics.report(part.location, message);
                None
            }
            _ => self.scope.real(part, self.diagnostics),
        };
        let parts = self.scope.parts(&argument.value);
        let values: Vec<Option<f64>> = parts.iter().map(&mut value).collect();
        values.into_iter().collect()
    }

    /// The setting that an argument is for.
    fn setting<'d>(
        &mut self,
        definition: &'d Definition,
        position: usize,
        argument: &Argument,
    ) -> Option<&'d Setting> {
        let (name, settings) = (&definition.name, &definition.settings);
        let found = match &argument.name {
            Some(name) => settings.iter().find(|setting| setting.name == *name),
            None => settings.get(position),
        };
        if found.is_some() {
            return found;
        }
        let names: Vec<String> = settings.iter().map(|one| one.name.to_string()).collect();
        let message = match &argument.name {
            Some(given) => {
                let hint = suggestion(&given.to_string(), &names);
                format!("`{name}` has no setting `{given}`{hint}")
            }
            None if names.is_empty() => format!("`{name}` takes no arguments"),
            None => format!("`{name}` takes at most {}: {}", names.len(), names.join(", ")),
        };
        self.diagnostics.report(argument.location(), message);
        None
    }

    fn is_in_range(&mut self, setting: &Setting, argument: &Argument, value: f64) -> bool {
        let range = self.constants.range(setting, self.diagnostics);
        let (least, greatest) = range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let is_in_range = value >= least && value <= greatest;
        if !is_in_range {
            let name = &setting.name;
            let message = if value.is_nan() {
                format!("`{name}` is a number, but this is NaN")
            } else if greatest == f64::INFINITY {
                format!("`{name}` is at least {least}, but this is {value}")
            } else {
                format!("`{name}` is between {least} and {greatest}, but this is {value}")
            };
            self.diagnostics.report(argument.value.location, message);
        } else if setting.is_truth && value != 0.0 && value != 1.0 {
            let message = format!("`{}` is `true` or `false`, but this is {value}", setting.name);
            self.diagnostics.report(argument.value.location, message);
            return false;
        } else if let Some(message) = self.scope.objection(&argument.value, value) {
            self.diagnostics.report(argument.value.location, message);
            return false;
        }
        is_in_range
    }

    /// The settings as given, the others by their defaults, which may depend on sizes.
    pub fn bind_settings(
        &mut self,
        layer: &LayerTree,
        definition: &Definition,
        mut known: Constants,
        given: &Given,
    ) -> Option<Constants> {
        for setting in &definition.settings {
            let values = match given.get(&setting.name.to_string()) {
                Some(values) => values.clone(),
                None => (0..setting.components.unwrap_or(1))
                    .map(|k| known.real_component(&setting.default, k, self.diagnostics))
                    .collect::<Option<Vec<f64>>>()?,
            };
            let range = self.constants.range(setting, self.diagnostics)?;
            if let Some(value) = values.iter().find(|&&value| value < range.0 || value > range.1) {
                let message = format!(
                    "`{}` is between {} and {}, but its default here is {value}",
                    setting.name, range.0, range.1
                );
                self.diagnostics.report(layer.call(), message);
                return None;
            }
            let values: Vec<ConstantValue> = values.into_iter().map(simplest).collect();
            known.insert_all(&setting.name, setting.components, &values);
        }
        Some(known)
    }

    /// What a setting is where it is not given, if that does not depend on sizes.
    pub fn default(&self, setting: &Setting) -> Option<f64> {
        self.constants.real(&setting.default, &mut Diagnostics::default())
    }

    /// `per_channel` needs a number to learn.
    pub fn check_per_channel(&mut self, layer: &LayerTree, definition: &Definition) {
        let learns = definition.settings.iter().any(|setting| setting.is_learned);
        if let Some(again) = layer.arguments.iter().filter(|one| one.is_per_channel()).nth(1) {
            self.diagnostics.report(again.location(), "`per_channel` stands twice");
        }
        if let Some(flag) = layer.per_channel().filter(|_| !learns) {
            let message = format!(
                "`{}` learns no number, so there is none for each channel to have",
                layer.name
            );
            self.diagnostics.report(flag.value.location, message);
        }
    }
}
