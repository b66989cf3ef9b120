//! The settings of a layer: which are given, and what the others are.

use super::constants::{Constants, simplest};
use super::signature::Given;
use super::spelling::{nearest, suggestion};
use super::walk::Walk;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::ConstantValue;
use crate::frontend::syntax::{Argument, Definition, Expression, LayerTree, Setting};
use crate::frontend::words::{number_of_word, word_of_number, written};

/// What a setting can be: ``a number, `same` or `causal` ``.
fn possible(setting: &Setting) -> String {
    let words = setting.words.iter().map(|word| format!("`{word}`"));
    let number = (!setting.is_word()).then(|| "a number".to_owned());
    let mut all: Vec<String> = number.into_iter().chain(words).collect();
    let last = all.pop().unwrap_or_default();
    if all.is_empty() { last } else { format!("{} or {last}", all.join(", ")) }
}

fn is_word_of(written: &Expression, setting: &Setting) -> bool {
    written.as_name().is_some_and(|name| setting.has_word(&name.to_string()))
}

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
        let parts = self.scope.parts(&argument.value);
        let values = parts.iter().map(|part| match setting {
            Some(setting) => self.number_of(setting, part),
            None => self.scope.real(part, self.diagnostics),
        });
        values.collect::<Vec<_>>().into_iter().collect()
    }

    /// The number that a setting is given, which stands for a word where it is one.
    fn number_of(&mut self, setting: &Setting, part: &Expression) -> Option<f64> {
        if let Some(truth) = part.as_truth().filter(|_| setting.is_truth) {
            return Some(truth as f64);
        }
        if is_word_of(part, setting) {
            return number_of_word(&part.to_string());
        }
        if part.as_truth().is_none() && !self.is_no_word(part, setting) {
            return self.scope.real(part, self.diagnostics);
        }
        let words: Vec<String> = setting.words.iter().map(ToString::to_string).collect();
        let near = nearest(&part.to_string(), &words);
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let message = format!("`{}` is {}, not `{part}`{hint}", setting.name, possible(setting));
        self.diagnostics.report(part.location, message);
        None
    }

    /// Whether a name that stands where a word may stand is none, and no constant either.
    fn is_no_word(&self, part: &Expression, setting: &Setting) -> bool {
        let name = part.as_name().map(ToString::to_string);
        let is_known = |name: &String| self.scope.names().any(|known| known == *name);
        !setting.words.is_empty() && name.is_some_and(|name| name != "infinity" && !is_known(&name))
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
        let word = word_of_number(value);
        if word.as_ref().is_some_and(|word| setting.has_word(word)) {
            return true;
        }
        let is_in_range = value >= least && value <= greatest && !setting.is_word();
        if !is_in_range {
            let name = &setting.name;
            let message = if setting.is_word() || word.is_some() {
                format!("`{name}` is {}, but this is {}", possible(setting), written(value))
            } else if value.is_nan() {
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
        known.insert_words(&definition.settings);
        for setting in &definition.settings {
            let values = match given.get(&setting.name.to_string()) {
                Some(values) => values.clone(),
                None => (0..setting.components.unwrap_or(1))
                    .map(|k| known.real_component(&setting.default, k, self.diagnostics))
                    .collect::<Option<Vec<f64>>>()?,
            };
            let range = self.constants.range(setting, self.diagnostics)?;
            let is_word = |value| word_of_number(value).is_some_and(|word| setting.has_word(&word));
            let is_outside = |value: f64| !is_word(value) && (value < range.0 || value > range.1);
            if let Some(value) = values.iter().copied().find(|&value| is_outside(value)) {
                let message = format!(
                    "`{}` is between {} and {}, but its default here is {value}",
                    setting.name, range.0, range.1
                );
                self.diagnostics.report(layer.call(), message);
                return None;
            }
            let is_too_great = |value: &f64| setting.is_learned && value.abs() > f32::MAX.into();
            if let Some(value) = values.iter().copied().find(is_too_great) {
                let message = format!(
                    "`{}` begins as a number that is finite as an `f32`, but this is {value:e}",
                    setting.name
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
