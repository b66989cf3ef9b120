//! Measures of how good outputs are, with scikit-learn's definitions.
//!
//! A [`Metric`] is added up over batches. A [trainer](crate::trainer::Trainer) does that for each epoch; by
//! hand:
//!
//! ```
//! # use nncore::inference::{Chain, SamplesView};
//! # use nncore::training::loss::LossError;
//! # use nncore::training::metrics::{Accuracy, Metric};
//! # use nncore::training::{Pass, Trainable};
//! fn accuracy<N: Chain>(
//!     model: &N,
//!     batches: &[(SamplesView<N::Scalar, N::Inputs>, Vec<u8>)],
//!     pass: &mut Pass<N>,
//! ) -> Result<f64, LossError> {
//!     let mut accuracy = Accuracy::default();
//!     for (x, labels) in batches {
//!         Metric::<N, _>::add(&mut accuracy, &model.evaluate(*x, pass)?, labels)?;
//!     }
//!     Ok(Metric::<N, [u8]>::value(&accuracy))
//! }
//! ```
//!
//! | metric | targets | of scikit-learn |
//! |---|---|---|
//! | [`Accuracy`] | classes | `accuracy_score` |
//! | [`TopK`] | classes | `top_k_accuracy_score` |
//! | [`ConfusionMatrix`] | classes | `confusion_matrix` |
//! | [`ClassScore`] | classes | `precision_score`, `recall_score`, `f1_score`, with `average="macro"` or of one class |
//! | [`MeanAbsoluteError`] | real numbers | `mean_absolute_error` |
//! | [`RSquared`] | real numbers | `r2_score` |

mod classes;
mod confusion;
mod definition;
mod regression;
mod score;

pub use classes::{Accuracy, TopK};
pub use confusion::ConfusionMatrix;
pub use definition::Metric;
pub use regression::{MeanAbsoluteError, RSquared};
pub use score::{Average, ClassScore, Score};
