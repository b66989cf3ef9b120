//! All of a run that changes, and that a checkpoint holds.

use std::path::Path;

use super::history::History;
use super::position::Position;
use super::stopping::Best;
use crate::files::{CheckpointError, load_run, save_run};
use crate::inference::Network;
use crate::training::Pass;
use crate::training::optimizer::{Optimizer, Rule};
use crate::training::resume::Resumable;
use crate::training::schedule::Plateau;

/// What a run has beside its network.
pub(super) struct State<N: Network, R: Rule> {
    pub position: Position,
    pub optimizer: Optimizer<R, N>,
    pub pass: Pass<N>,
    pub history: History,
    pub plateau: Option<Plateau>,
    pub best: Option<Best<N>>,
}

impl<N: Network, R: Rule> State<N, R> {
    /// Writes it with the network.
    pub fn save(&self, model: &N, path: &Path) -> Result<(), CheckpointError> {
        let Self { position, optimizer, pass, history, plateau, best } = self;
        let mut parts: Vec<(&str, &dyn Resumable)> = vec![
            ("trainer", position),
            ("optimizer", optimizer),
            ("random", pass),
            ("history", history),
        ];
        parts.extend(plateau.iter().map(|plateau| ("plateau", plateau as &dyn Resumable)));
        parts.extend(best.iter().map(|best| ("best", best as &dyn Resumable)));
        save_run(model, &parts, path)
    }

    /// Goes on from what was written.
    pub fn load(&mut self, model: &mut N, path: &Path) -> Result<(), CheckpointError> {
        let Self { position, optimizer, pass, history, plateau, best } = self;
        let mut parts: Vec<(&str, &mut dyn Resumable)> = vec![
            ("trainer", position),
            ("optimizer", optimizer),
            ("random", pass),
            ("history", history),
        ];
        parts.extend(plateau.iter_mut().map(|plateau| ("plateau", plateau as &mut dyn Resumable)));
        parts.extend(best.iter_mut().map(|best| ("best", best as &mut dyn Resumable)));
        load_run(model, &mut parts, path)
    }
}
