//! Schedules: the learning rate of each step.

use tapeless::optimizer::{Rule, Sgd};
use tapeless::parameters::Parameters;
use tapeless::schedule::{
    AnnealStrategy, CosineAnnealingLr, CosineAnnealingWarmRestarts, ExponentialLr, LinearLr, Mode,
    MultiStepLr, OneCycleLr, ReduceLrOnPlateau, Schedule, SequentialLr, StepLr, ThresholdMode,
};

use crate::compare::{assert_close, assert_each_close};
use crate::formula::{INPUTS, formula};

tapeless::network! { Two< linear(1, 1) > }

const STEPS: u64 = 30;
const PLATEAU_STEPS: usize = 60;
const BASE: f64 = 0.5;

/// In the middle of a cosine, a rate near 0 is a difference of greater ones.
const ROUNDINGS: f64 = 4.0;

fn assert_rates_close(name: &str, schedule: &impl Schedule) {
    let rates: Vec<f64> = (0..STEPS).map(|step| schedule.lr(BASE, step)).collect();
    assert_each_close(&format!("schedule.{name}"), &rates, ROUNDINGS);
}

#[test]
fn rates_that_fall_step_by_step() {
    assert_rates_close("step", &StepLr { step_size: 7, gamma: 0.1 });
    assert_rates_close("multi_step", &MultiStepLr { milestones: &[3, 11, 11, 20], gamma: 0.5 });
    assert_rates_close("exponential", &ExponentialLr { gamma: 0.9 });
}

#[test]
fn warm_up() {
    assert_rates_close("linear", &LinearLr::default());
    let settings = LinearLr { start_factor: 0.1, end_factor: 0.75, total_iters: 12 };
    assert_rates_close("linear_settings", &settings);
}

#[test]
fn cosines() {
    assert_rates_close("cosine", &CosineAnnealingLr { t_max: 29, eta_min: 0.0 });
    assert_rates_close("cosine_again", &CosineAnnealingLr { t_max: 8, eta_min: 0.125 });
    let restarts = CosineAnnealingWarmRestarts { t_0: 7, t_mult: 1, eta_min: 0.0 };
    assert_rates_close("restarts", &restarts);
    let longer = CosineAnnealingWarmRestarts { t_0: 3, t_mult: 2, eta_min: 0.125 };
    assert_rates_close("longer_restarts", &longer);
}

#[test]
fn one_cycle() {
    let plain = OneCycleLr::new(2.0, STEPS);
    let linear = OneCycleLr {
        pct_start: 0.45,
        anneal_strategy: AnnealStrategy::Linear,
        base_momentum: 0.5,
        max_momentum: 0.75,
        div_factor: 10.0,
        final_div_factor: 100.0,
        ..plain
    };
    let three_phases = OneCycleLr { pct_start: 0.35, three_phase: true, ..plain };
    for (name, schedule) in [
        ("one_cycle", plain),
        ("one_cycle_linear", linear),
        ("one_cycle_three_phases", three_phases),
    ] {
        assert_rates_close(name, &schedule);
        let momenta: Vec<f64> = (0..STEPS).map(|step| schedule.momentum(step)).collect();
        assert_close(&format!("schedule.{name}.momentum"), &momenta);
    }
}

#[test]
fn one_after_the_other() {
    let warm_up = LinearLr { start_factor: 0.25, ..LinearLr::default() };
    let falling = ExponentialLr { gamma: 0.75 };
    let cosine = CosineAnnealingLr { t_max: 12, eta_min: 0.0 };
    let schedules: [&dyn Schedule; 3] = [&warm_up, &falling, &cosine];
    let schedule = SequentialLr { schedules: &schedules, milestones: &[6, 15] };
    assert_rates_close("sequential", &schedule);
}

#[test]
fn plateaus() {
    let plain = ReduceLrOnPlateau::default();
    let max = ReduceLrOnPlateau { mode: Mode::Max, ..plain };
    let absolute = ThresholdMode::Abs;
    for (name, settings) in [
        ("default", plain),
        ("impatient", ReduceLrOnPlateau { patience: 2, factor: 0.5, cooldown: 3, ..plain }),
        ("max", ReduceLrOnPlateau { patience: 4, threshold: 0.2, factor: 0.5, min_lr: 0.1, ..max }),
        (
            "absolute",
            ReduceLrOnPlateau {
                patience: 1,
                threshold: 0.1,
                threshold_mode: absolute,
                factor: 0.9,
                eps: 0.02,
                ..plain
            },
        ),
        (
            "absolute_max",
            ReduceLrOnPlateau { patience: 0, threshold: 0.3, threshold_mode: absolute, ..max },
        ),
    ] {
        let (mut plateau, mut lr) = (settings.start(), BASE);
        let measures = formula::<f64>(INPUTS, 2.0).take(PLATEAU_STEPS).map(|x| 1.5 - x);
        let rates: Vec<f64> = measures
            .map(|measure| {
                lr = plateau.step(measure, lr);
                lr
            })
            .collect();
        assert_each_close(&format!("schedule.plateau.{name}"), &rates, 0.0);
    }
}

/// Settings of 0 and steps without end give numbers, and what is none is refused by the optimizer.
#[test]
fn nothing_panics() {
    let none = OneCycleLr { pct_start: 0.0, three_phase: true, ..OneCycleLr::new(0.1, 0) };
    let endless = LinearLr { total_iters: u64::MAX, ..LinearLr::default() };
    let schedules: [&dyn Schedule; 9] = [
        &StepLr { step_size: 0, gamma: 0.5 },
        &MultiStepLr { milestones: &[u64::MAX, 0], gamma: 0.5 },
        &LinearLr { total_iters: 0, ..LinearLr::default() },
        &endless,
        &CosineAnnealingLr { t_max: 0, eta_min: 0.0 },
        &CosineAnnealingWarmRestarts { t_0: 0, t_mult: 0, eta_min: 0.0 },
        &CosineAnnealingWarmRestarts { t_0: 0, t_mult: u64::MAX, eta_min: 0.0 },
        &none,
        &OneCycleLr { pct_start: 2.0, ..OneCycleLr::new(0.1, 1) },
    ];
    for milestones in [&[][..], &[0], &[5, 3, u64::MAX]] {
        for schedule in schedules {
            let sequence = SequentialLr { schedules: &[schedule, &endless], milestones };
            for step in [0, 1, 4, u64::MAX] {
                assert!(schedule.lr(BASE, step).is_finite());
                assert!(sequence.lr(BASE, step).is_finite());
            }
        }
    }
    assert_eq!(SequentialLr { schedules: &[], milestones: &[1] }.lr(BASE, 7), BASE);
    let mut plateau = ReduceLrOnPlateau { patience: 0, ..ReduceLrOnPlateau::default() }.start();
    assert!((plateau.step(f64::NAN, BASE) - 0.1 * BASE).abs() < 1e-15);
    let mut sgd = Sgd { lr: BASE, ..Sgd::default() }.over(&Two::zeros()).unwrap();
    assert!(sgd.set_lr(ExponentialLr { gamma: f64::NAN }.lr(BASE, 1)).is_err());
    assert_eq!(sgd.rule().lr, BASE);
    sgd.set_lr(0.25).unwrap();
    assert_eq!(sgd.rule().lr, 0.25);
}
