//! Recurrences of users' own, with any lag, either way, with given first values and in each other: values
//! against plain Rust, gradients against 5-point differences, kernels against plain loops.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use chains::assert_close;
use chains::differences::{BATCH, check, model, numbers, unset, view};
use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// Two lags, the first values of which are learned.
            layer lags(I, H) {
                input x[t: T, i: I];
                param near[h: H, j: H] ~ uniform(1);
                param far[h: H, j: H] ~ uniform(1);
                param first[k: 3, h: H] ~ uniform(1);
                s[k - 3, h] = first[k, h];
                scan t {
                    s[t, h] = tanh(x[t, 0] + sum(j: near[h, j] * s[t - 1, j]) + sum(j: far[h, j] * s[t - 3, j]));
                }
                y[t, h] = s[t, h] * (1 + s[t - 2, h]);
            }

            /// From the last step to the first; what a scan makes may be called `state`.
            layer backwards(I, H) {
                input x[t: T, i: I];
                input last[h: H];
                param w[h: H, j: H] ~ uniform(1);
                param u[h: H, i: I] ~ uniform(1);
                state[T, h] = last[h];
                scan t {
                    state[t, h] = sin(sum(i: u[h, i] * x[t, i]) + sum(j: w[h, j] * state[t + 1, j])) + state[t + 2, h] / 2;
                }
                y[t, h] = state[t, h];
            }

            /// One scan in another, over a grid.
            layer grid(H) {
                input x[a: A, b: B];
                param above[h: H, j: H] ~ uniform(1);
                param left[h: H, j: H] ~ uniform(1);
                param edge[h: H] ~ uniform(1);
                s[-1, b, h] = edge[h];
                s[a, -1, h] = 1;
                scan a {
                    scan b {
                        s[a, b, h] = tanh(x[a, b] + sum(j: above[h, j] * s[a - 1, b, j])
                            + sum(j: left[h, j] * s[a, b - 1, j]) + s[a - 1, b + 1, h] / 4);
                    }
                }
                y[h] = s[A - 1, B - 1, h] + s[0, 0, h];
            }

            /// A scan over each row, from its end, within one over the rows.
            layer rows(H) {
                input x[a: A, b: B];
                param w[h: H, j: H] ~ uniform(1);
                index h: H;
                scan a {
                    begin[a, h] = sum(j: w[h, j] * total[a - 1, j]);
                    r[a, B, h] = begin[a, h];
                    scan b {
                        r[a, b, h] = tanh(x[a, b] + r[a, b + 1, h] * max(b: x[a, b]));
                    }
                    total[a, h] = r[a, 0, h]^2 + 0.5 * sum(j: w[h, j]);
                }
                y[h] = total[A - 1, h];
            }

            /// The output itself is read a step before; nothing but numbers of the scan's own.
            layer fibonacci(T) {
                input x[t: T];
                y[-1] = 1;
                scan t { y[t] = y[t - 1] + y[t - 2] + 0 * x[t]; }
            }

            pub Lags< linear(3, 10); reshape(5, 2); lags(9); flatten; linear(2) >
            pub Backwards {
                input x[t: 5, i: 2];
                input last[h: 9];
                z = linear(2)(x);
                output y = backwards(9)(z, linear(9)(last));
            }
            pub Grid< linear(3, 12); reshape(4, 3); grid(9); linear(2) >
            pub Column< linear(3, 7); reshape(7, 1); grid(2); linear(2) >
            pub Rows< linear(3, 12); reshape(3, 4); rows(9); linear(2) >
            pub Fibonacci< input(7); fibonacci >
        }
    };
}

fast_and_plain!();
use fast::{BackwardsInputs, BackwardsOf, Fibonacci, GridOf, LagsOf, RowsOf};

chains! {
    lags: LagsOf;
    grid: GridOf;
    column: ColumnOf;
    rows: RowsOf;
}

/// `matrix` of rows times a vector.
fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    let rows = matrix.chunks(vector.len());
    rows.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    times(weight, x).iter().zip(bias).map(|(a, b)| a + b).collect()
}

#[test]
fn lags_compute_what_they_say() {
    let model = model::<LagsOf<f64>>();
    let x = numbers(3, 1);
    let driven = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let cell = &model.lags2;
    let mut states: Vec<Vec<f64>> = cell.first.as_slice().chunks(9).map(<[f64]>::to_vec).collect();
    for step in 0..5 {
        let near = times(cell.near.as_slice(), &states[step + 2]);
        let far = times(cell.far.as_slice(), &states[step]);
        states.push((0..9).map(|h| (driven[2 * step] + near[h] + far[h]).tanh()).collect());
    }
    let outputs = |step: usize, h: usize| states[step + 3][h] * (1.0 + states[step + 1][h]);
    let y: Vec<f64> = (0..45).map(|at| outputs(at / 9, at % 9)).collect();
    let expected = affine(model.linear4.weight.as_slice(), model.linear4.bias.as_slice(), &y);
    let found = model.forward(&SVector::from_column_slice(&x));
    assert_close(found.as_slice(), &expected);
}

#[test]
fn a_scan_from_the_end_begins_with_what_it_is_given() {
    let model = model::<BackwardsOf<f64>>();
    let (x, last) = (numbers(10 * BATCH, 1), numbers(9 * BATCH, 2));
    let mut pass = BackwardsOf::pass(BATCH);
    let inputs = BackwardsInputs { x: view::<Const<10>>(&x), last: view::<Const<9>>(&last) };
    let outputs = model.forward_batch(inputs, &mut pass).unwrap().values().into_owned();
    let rows = &model.z;
    for sample in 0..BATCH {
        let steps = x[10 * sample..][..10].chunks(2);
        let steps: Vec<Vec<f64>> =
            steps.map(|row| affine(rows.weight.as_slice(), rows.bias.as_slice(), row)).collect();
        let begin = &model.y_linear;
        let given = &last[9 * sample..][..9];
        let begin = affine(begin.weight.as_slice(), begin.bias.as_slice(), given);
        let (mut after, mut later) = (begin, vec![0.0; 9]);
        for step in (0..5).rev() {
            let driven = times(model.y.u.as_slice(), &steps[step]);
            let fed = times(model.y.w.as_slice(), &after);
            let state: Vec<f64> =
                (0..9).map(|h| (driven[h] + fed[h]).sin() + later[h] / 2.0).collect();
            assert_close(&outputs.column(sample).as_slice()[9 * step..][..9], &state);
            (later, after) = (after, state);
        }
    }
}

#[test]
fn gradients_of_a_scan_from_the_end() {
    let model = model::<BackwardsOf<f64>>();
    let (x, last) = (numbers(10 * BATCH, 1), numbers(9 * BATCH, 2));
    let inputs = || BackwardsInputs { x: view::<Const<10>>(&x), last: view::<Const<9>>(&last) };
    let weights = numbers(45 * BATCH, 3);
    let (mut pass, mut gradient) = (BackwardsOf::pass(BATCH), unset::<BackwardsOf<f64>>());
    let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
    outputs.backward(view::<Const<45>>(&weights), &mut gradient).unwrap();
    check(&*gradient, |model: &BackwardsOf<f64>| {
        let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
        outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
    });
}

#[test]
fn a_grid_computes_what_it_says() {
    let model = model::<GridOf<f64>>();
    let x = numbers(3, 1);
    let driven = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let cell = &model.grid2;
    let edge = cell.edge.as_slice();
    // A row and a column more at each side, 0 in the corners.
    let mut states = vec![vec![vec![0.0; 9]; 5]; 5];
    for state in &mut states[0][1..4] {
        state.copy_from_slice(edge);
    }
    for row in &mut states[1..] {
        row[0] = vec![1.0; 9];
    }
    for (a, b) in (0..4).flat_map(|a| (0..3).map(move |b| (a, b))) {
        let above = times(cell.above.as_slice(), &states[a][b + 1]);
        let left = times(cell.left.as_slice(), &states[a + 1][b]);
        let beside = states[a][b + 2].clone();
        let sum = |h: usize| driven[3 * a + b] + above[h] + left[h] + beside[h] / 4.0;
        states[a + 1][b + 1] = (0..9).map(|h| sum(h).tanh()).collect();
    }
    let y: Vec<f64> = (0..9).map(|h| states[4][3][h] + states[1][1][h]).collect();
    let expected = affine(model.linear3.weight.as_slice(), model.linear3.bias.as_slice(), &y);
    let found = model.forward(&SVector::from_column_slice(&x));
    assert_close(found.as_slice(), &expected);
}

#[test]
fn a_scan_in_a_scan_computes_what_it_says() {
    let model = model::<RowsOf<f64>>();
    let x = numbers(3, 1);
    let driven = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let w = model.rows2.w.as_slice();
    let mut total = vec![0.0; 9];
    for row in driven.chunks(4) {
        let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut state = times(w, &total);
        for value in row.iter().rev() {
            state = state.iter().map(|before| (value + before * most).tanh()).collect();
        }
        let sums = times(w, &[1.0; 9]);
        total = state.iter().zip(sums).map(|(state, sum)| state * state + 0.5 * sum).collect();
    }
    let expected = affine(model.linear3.weight.as_slice(), model.linear3.bias.as_slice(), &total);
    let found = model.forward(&SVector::from_column_slice(&x));
    assert_close(found.as_slice(), &expected);
}

#[test]
fn an_output_has_the_steps_alone() {
    let found = Fibonacci::zeros().forward(&SVector::<f32, 7>::zeros());
    assert_eq!(found.as_slice(), [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0]);
}
