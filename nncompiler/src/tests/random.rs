//! Random expressions and index statements: what the parsed tree says, its plain loops and its fast
//! kernels are the same numbers with the same gradients.
//!
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for more, and for others.

mod arithmetic;
mod blocks;
mod cases;
pub mod choices;
mod corpus;
mod expressions;
mod losses;
mod networks;
mod optimizers;
mod oracle;
mod pytorch;
mod recorded;
mod recorded_losses;
mod recorded_optimizers;
mod rules;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError, TestError, TestRunner};

use super::library;
use crate::frontend::library::Library;
use cases::Case;
use choices::Choices;
use expressions::MOST_NODES;

/// Batches of one sample, of fewer than a register has lanes, and of more.
const BATCHES: [usize; 4] = [1, 3, 17, 33];

/// Decisions that a text may take.
const CHOICES: usize = 120;

type Write = fn(&Library, &mut Choices, u64) -> String;

fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if matches!(config.rng_seed, RngSeed::Random) {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// Checks many texts of a writer, most of which have to be comparable.
fn check_all(write: Write) {
    let library = library();
    let (compared, all) = (Cell::new(0), Cell::new(0));
    let choices = proptest::collection::vec(any::<u32>(), CHOICES);
    let outcome = TestRunner::new(config()).run(&choices, |numbers| {
        let text = write(&library, &mut Choices::new(numbers), 0);
        let checked = catch_unwind(AssertUnwindSafe(|| check(&text, &library)));
        let outcome = checked.unwrap_or_else(|_| Err("it panics".to_owned()));
        let fail = |what: String| TestCaseError::fail(format!("{what}, in\n{text}"));
        all.set(all.get() + 1);
        compared.set(compared.get() + usize::from(outcome.map_err(fail)?));
        Ok(())
    });
    match outcome {
        // The text says all, and the numbers that it was made of nothing.
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        other => other.expect("no rejected choices"),
    }
    assert!(5 * compared.get() >= 4 * all.get(), "{} of {}", compared.get(), all.get());
}

/// Whether there are numbers to compare; an error if they differ.
fn check(text: &str, library: &Library) -> Result<bool, String> {
    let Some(case) = Case::new(text, library) else { return Ok(false) };
    assert!(case.nodes() <= MOST_NODES, "{} nodes", case.nodes());
    let Some((given, expected)) = case.solved(library) else { return Ok(false) };
    let mut results = vec![("statements".to_owned(), given.by_statements(&case.plain))];
    for batch in BATCHES {
        for (what, network) in [("plain loops", &case.plain), ("schedule", &case.fast)] {
            results.push((format!("{what} of {batch}"), given.by_steps(network, batch)));
            results.push((format!("{what} of {batch}, inference"), given.inferred(network, batch)));
        }
    }
    for (what, found) in results {
        if let Some(disagreement) = expected.disagreement(&found) {
            return Err(format!("{what}, salt {}: {disagreement}", given.salt));
        }
    }
    Ok(true)
}

#[test]
fn random_expressions_have_one_value_and_one_gradient() {
    check_all(blocks::activation);
}

#[test]
fn random_index_statements_have_one_value_and_one_gradient() {
    check_all(blocks::layer);
}

#[test]
fn the_oracle_has_the_slopes_of_its_values() {
    let library = library();
    for write in [blocks::activation as Write, blocks::layer] {
        let mut agreeing = 0;
        for seed in 0..30 {
            let text = write(&library, &mut Choices::seeded(seed, CHOICES), 0);
            if text.contains("stop(") {
                continue;
            }
            let Some(case) = Case::new(&text, &library) else { continue };
            let (slopes, wrong) = case.slopes_that_agree(&library);
            assert_eq!(wrong, None, "in\n{text}");
            agreeing += slopes;
        }
        assert!(agreeing >= 100, "{agreeing} slopes");
    }
}
