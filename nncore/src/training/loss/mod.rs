//! Losses: what one is, its targets and settings. The losses themselves are equations, compiled by
//! `nncompiler`.

mod definition;
mod on_network;
mod settings;
mod sum;
mod targets;

pub use definition::{Accepts, Loss, LossError};
pub use on_network::{LossOn, OfAnyNetwork, OfOneNetwork};
pub use settings::{check_batch, check_parts, check_setting, check_settings, setting_of};
pub use sum::sum_of_samples;
pub use targets::{
    Classes, Label, Labels, Reals, Values, check_values, class_at, write_class_numbers,
    write_classes,
};
