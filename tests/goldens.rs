//! The library against `PyTorch`: activations, layers, losses, optimizers and whole trainings.
//!
//! The goldens are f64; `goldens/generate.py` made them and says how. f64 must agree with them
//! nearly to the last digits, f32 to what its own rounding allows: see `Precision`.

#[path = "goldens/activations.rs"]
mod activations;
#[path = "goldens/bodies.rs"]
mod bodies;
#[path = "goldens/clipping.rs"]
mod clipping;
#[path = "goldens/compare.rs"]
mod compare;
#[path = "goldens/formula.rs"]
mod formula;
#[path = "goldens/layers.rs"]
mod layers;
#[path = "goldens/layout.rs"]
mod layout;
#[path = "goldens/losses.rs"]
mod losses;
#[path = "goldens/optimizers.rs"]
mod optimizers;
#[path = "goldens/options.rs"]
mod options;
#[path = "goldens/schedules.rs"]
mod schedules;
#[path = "goldens/structured.rs"]
mod structured;
#[path = "goldens/training.rs"]
mod training;
