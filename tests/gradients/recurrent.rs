//! Recurrent layers, through time.

use crate::finite_differences::checks;
use tapeless::prelude::*;

network! {
    /// A recurrence of a user's own: two arrays, each of which reads the other a step before.
    layer oscillator(I) {
        input x[t: T, i: I];
        param frequency[i: I] ~ uniform(1);
        param damping[i: I] ~ uniform(1);
        scan t {
            place[t, i] = place[t - 1, i] + 0.5 * speed[t - 1, i];
            speed[t, i] = (1 - 0.1 * damping[i]) * speed[t - 1, i] - frequency[i] * place[t, i] + x[t, i];
        }
        y[i] = place[T - 1, i] * speed[T - 2, i];
    }

    Rnn< linear(3, 12); reshape(4, 3); rnn(2); last; linear(2) >
    RnnStates< linear(3, 12); reshape(4, 3); rnn(2, bias = false); flatten; linear(2) >
    Gru< linear(3, 12); reshape(4, 3); gru(2); last; linear(2) >
    Lstm< linear(3, 12); reshape(4, 3); lstm(2); last; linear(2) >
    Stacked< linear(3, 12); reshape(4, 3); lstm(2); gru(3, bias = false); rnn(2); last; linear(2) >
    Directions< linear(3, 12); reshape(4, 3); gru(2, num_layers = 2, bidirectional = true); last(bidirectional = true); linear(2) >
    Projected< linear(3, 12); reshape(4, 3); lstm(3, num_layers = 2, bidirectional = true, proj_size = 2); flatten; linear(2) >
    /// Recurrences that begin with what they are given.
    Started {
        input x[i: 3];
        z = <linear(12); reshape(4, 3)>(x);
        a = rnn(2, num_layers = 2)(z, linear(4)(x));
        b = gru(2, bidirectional = true)(a, linear(4)(x));
        c = lstm(3, proj_size = 2)(b, linear(2)(x), linear(3)(x));
        output y = <flatten; linear(2)>(c);
    }
    /// One step of each, the last without a state.
    Cells {
        input x[i: 3];
        a = gru_cell(2)(x, linear(2)(x));
        b = lstm_cell(2)(a, linear(4)(x));
        output y = rnn_cell(2)(b, a) + rnn_cell(2)(b);
    }
    Oscillator< linear(3, 8); reshape(4, 2); oscillator(2); linear(2) >
}

checks! {
    rnn: RnnOf;
    rnn_states: RnnStatesOf;
    gru: GruOf;
    lstm: LstmOf;
    stacked: StackedOf;
    directions: DirectionsOf;
    projected: ProjectedOf;
    started: StartedOf;
    cells: CellsOf;
    oscillator: OscillatorOf;
}

#[test]
fn an_rnn_computes_what_it_says() {
    let network = RnnOf::<f64>::new(&mut seed(5));
    let x = SVector::from([0.2, -0.4, 0.9]);
    let driven = network.linear0.weight.tr_mul(&x) + network.linear0.bias;
    let cell = &network.rnn2;
    let mut state = SVector::<f64, 2>::zeros();
    for step in 0..4 {
        let input = driven.fixed_rows::<3>(3 * step);
        let sum =
            cell.weight_ih_l0.tr_mul(&input) + cell.bias_ih_l0 + cell.weight_hh_l0.tr_mul(&state);
        state = (sum + cell.bias_hh_l0).map(f64::tanh);
    }
    let expected = network.linear4.weight.tr_mul(&state) + network.linear4.bias;
    assert!((network.forward(&x) - expected).norm() < 1e-13);
}
