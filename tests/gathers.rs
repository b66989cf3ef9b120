//! Integers that choose elements: rows of a table, places of an array, the classes of a loss.

#[path = "gradients/differences.rs"]
mod differences;

use differences::{BATCH, check, model, numbers, unset, view};
use tapeless::network::BatchError;
use tapeless::prelude::*;

network! {
    Words< input(5): index(7); words: embedding(4); flatten; linear(3) >
    Padded< input(5): index(7); words: embedding(4, padding_idx = 2) >
    One< input(1): index(3); embedding(1) >
    Kind { input kind: index(3); words = embedding(4)(kind); output words; }

    /// The same matrix first and last.
    Tied {
        input token[s: 5]: index(7);
        param table[v: 7, d: 4] ~ normal(1);
        e[s, d] = table[token[s], d];
        h = linear(4)(e);
        output logits[s, v] = sum(d: table[v, d] * tanh(h[s, d]));
    }

    /// Places of what a network has made, and of an input; next to each other, backwards, in a product.
    Places {
        input x[i: 6];
        input place[s: 2]: index(5);
        input row: index(3);
        param w[r: 3, i: 6, o: 2] ~ normal(1);
        a = tanh(linear(6)(x));
        output pairs[s] = a[place[s]] * a[place[s] + 1] - x[4 - place[s]];
        output chosen[o] = sum(i: w[row, i, o] * a[i]) * row;
        output powers[s] = prod(o: w[row, place[s], o]) + max(i: a[i] * w[row, i, 0]);
    }

    /// A derivative of what integers have chosen.
    Curves {
        input x;
        input kind: index(3);
        param phase[k: 3, n: 4] ~ normal(1);
        wave[n] = sin(phase[kind, n] * x);
        u = sum(n: wave[n]);
        output u;
        output slope = d(u, x);
        output bend = d(d(u, x), x);
    }

    layer lookup(V, W, S) {
        input a[s: S]: index(V);
        input b[s: S]: index(W);
        param w[v: V, u: W] ~ normal(1);
        y[s] = w[a[s], b[s]];
    }

    /// Of a layer that applies others to its integers.
    layer summed(V, D, S) {
        input token[s: S]: index(V);
        e = embedding(V, D)(token);
        f = embedding(V, D)(token);
        y[d] = sum(s: e[s, d] * f[s, d]);
    }

    Inner< input(5): index(7); summed(7, 2, 5) >
    Outer { input token[s: 5]: index(7); output y = Inner(token); }

    Pairs {
        input a[s: 4]: index(3);
        input b[s: 4]: index(5);
        output y = lookup(a, b);
    }

    loss likelihood(logits[s: S, c: C]; label[s: S]: class) {
        log_p[s, c] = log_softmax(logits)[s, c];
        y = -mean(s: log_p[s, label[s]]);
    }

    /// Classes that are compared with an index, in a loss that is called and in an equation of its own.
    loss called(y[s: S]; label: class) = 2 * cross_entropy(y, label);
    loss compared(y[s: S]; label[k: 2]: class) {
        same[k] = sum(s: if label[k] != s { 0 } else { y[s] });
        total = sum(k: same[k]);
    }

    /// Of any network, with a class that chooses.
    loss own_likelihood(p[c: C]; label: class; weight[c: C] = 1) {
        e[c] = exp(p[c]);
        y = weight[label] * (ln(sum(c: e[c])) - p[label]);
    }
}

mod loops {
    tapeless::__private::network_as_loops! {
        pub Words< input(5): index(7); words: embedding(4); flatten; linear(3) >

        pub Tied {
            input token[s: 5]: index(7);
            param table[v: 7, d: 4] ~ normal(1);
            e[s, d] = table[token[s], d];
            h = linear(4)(e);
            output logits[s, v] = sum(d: table[v, d] * tanh(h[s, d]));
        }
    }
}

fn tokens(count: usize, below: usize) -> Vec<u16> {
    (0..count).map(|k| u16::try_from((k * 5 + k / 3) % below).unwrap()).collect()
}

#[test]
fn rows_are_read_as_they_are() {
    let network = model::<PaddedOf<f64>>();
    let row = |token: usize| &network.words.weight.as_slice()[token * 4..][..4];
    let mut pass = PaddedOf::pass(2);
    let given = [3u8, 0, 6, 6, 2, 1, 2, 3, 4, 5];
    let outputs = network.forward_batch(&given, &mut pass).unwrap();
    for (found, &token) in outputs.values().as_slice().chunks(4).zip(&given) {
        let expected = if token == 2 { &[0.0; 4][..] } else { row(usize::from(token)) };
        assert_eq!(found, expected);
    }
    let one = network.forward(given.last_chunk().unwrap()).unwrap();
    assert_eq!(one.as_slice(), &outputs.values().as_slice()[20..]);
    let one = model::<OneOf<f64>>();
    assert_eq!(one.forward(&[2u32]).unwrap()[0], one.as_slice()[2]);
}

#[test]
fn an_integer_without_axes_chooses_a_row() {
    let network = model::<KindOf<f64>>();
    let (mut pass, mut gradient) = (KindOf::pass(2), unset::<KindOf<f64>>());
    let outputs = network.forward_batch(&[2u8, 1], &mut pass).unwrap();
    let rows = network.words.weight.as_slice();
    assert_eq!(outputs.values().as_slice(), [&rows[8..], &rows[4..8]].concat());
    outputs.backward(view::<Const<4>>(&numbers(8, 3)), &mut gradient).unwrap();
    let expected = [&[0.0; 4][..], &numbers(8, 3)[4..], &numbers(8, 3)[..4]].concat();
    assert_eq!(gradient.words.weight.as_slice(), expected);
}

#[test]
fn gradients_of_rows_are_scattered() {
    let network = model::<PaddedOf<f64>>();
    let (mut pass, mut gradient) = (PaddedOf::pass(2), unset::<PaddedOf<f64>>());
    let given = [3u8, 0, 6, 6, 2, 1, 2, 3, 3, 5];
    let seeds = numbers(40, 3);
    let outputs = network.forward_batch(&given, &mut pass).unwrap();
    outputs.backward(view::<Const<20>>(&seeds), &mut gradient).unwrap();
    let mut expected = [0.0; 28];
    for (at, &token) in given.iter().enumerate().filter(|(_, token)| **token != 2) {
        for d in 0..4 {
            expected[usize::from(token) * 4 + d] += seeds[at * 4 + d];
        }
    }
    assert_eq!(gradient.words.weight.as_slice(), expected);
}

/// Outputs and gradient of `Words`, of integers of one type.
macro_rules! of_type {
    ($type:ty) => {{
        let network = model::<WordsOf<f64>>();
        let (mut pass, mut gradient) = (WordsOf::pass(BATCH), unset::<WordsOf<f64>>());
        let given: Vec<$type> =
            tokens(5 * BATCH, 7).into_iter().map(|k| k.try_into().unwrap()).collect();
        let outputs = network.forward_batch(&given, &mut pass).unwrap();
        let values = outputs.values().as_slice().to_vec();
        outputs.backward(view::<Const<3>>(&numbers(3 * BATCH, 3)), &mut gradient).unwrap();
        (values, gradient.as_slice().to_vec())
    }};
}

#[test]
fn integers_of_every_type_are_the_same() {
    let expected = of_type!(u8);
    assert!(expected == of_type!(u16) && expected == of_type!(u32) && expected == of_type!(usize));
    assert!(expected == of_type!(i8) && expected == of_type!(i64));
}

/// The gradient of a network of integers against differences.
macro_rules! check_words {
    ($network:ident, $outputs:literal) => {{
        let given = tokens(5 * BATCH, 7);
        let weights = numbers($outputs * BATCH, 3);
        let (mut pass, mut gradient) = ($network::pass(BATCH), unset::<$network<f64>>());
        let network = model::<$network<f64>>();
        let outputs = network.forward_batch(&given, &mut pass).unwrap();
        outputs.backward(view::<Const<$outputs>>(&weights), &mut gradient).unwrap();
        check(&*gradient, |model: &$network<f64>| {
            let outputs = model.forward_batch(&given, &mut pass).unwrap();
            outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
        });
    }};
}

#[test]
fn an_embedding_learns() {
    check_words!(WordsOf, 3);
    check_words!(PaddedOf, 20);
    check_words!(OuterOf, 2);
}

#[test]
fn a_tied_embedding_learns_from_both_ends() {
    check_words!(TiedOf, 35);
}

/// Outputs in training and in evaluation, then the gradient.
macro_rules! outcome {
    ($network:path, $given:ident, $batch:ident, $weights:ident, $outputs:literal) => {{
        use $network as Net;
        let network = model::<Net<f64>>();
        let (mut pass, mut gradient) = (Net::pass($batch), unset::<Net<f64>>());
        let mut all = network.evaluate(&$given, &mut pass).unwrap().as_slice().to_vec();
        let outputs = network.forward_batch(&$given, &mut pass).unwrap();
        all.extend(outputs.values().as_slice());
        outputs.backward(view::<Const<$outputs>>(&$weights), &mut gradient).unwrap();
        all.extend(gradient.as_slice());
        all
    }};
}
#[test]
fn fast_paths_are_plain_loops() {
    for batch in [1, 2, 3, 17, 70] {
        let given = tokens(5 * batch, 7);
        macro_rules! both {
            ($network:ident, $outputs:literal) => {{
                let weights = numbers($outputs * batch, 3);
                let fast = outcome!($network, given, batch, weights, $outputs);
                let plain = outcome!(loops::$network, given, batch, weights, $outputs);
                assert!(fast.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-12 * batch as f64));
            }};
        }
        both!(WordsOf, 3);
        both!(TiedOf, 35);
    }
}

/// The inputs of `Places`.
macro_rules! places {
    ($x:ident, $place:ident, $row:ident) => {
        PlacesInputs { x: view::<Const<6>>(&$x), place: &$place, row: &$row }
    };
}

#[test]
fn places_that_integers_choose_have_values_and_gradients() {
    let (x, place, row) = (numbers(6 * BATCH, 5), tokens(2 * BATCH, 5), tokens(BATCH, 3));
    let network = model::<PlacesOf<f64>>();
    let (mut pass, mut gradient) = (PlacesOf::pass(BATCH), unset::<PlacesOf<f64>>());
    let outputs = network.forward_batch(places!(x, place, row), &mut pass).unwrap();
    let values = outputs.values();
    let (w, weight, bias) = (&network.w, &network.a_linear.weight, &network.a_linear.bias);
    for k in 0..BATCH {
        let x = &x[6 * k..][..6];
        let a = |i: usize| {
            let sum: f64 = (0..6).map(|j| weight[(j, i)] * x[j]).sum();
            (sum + bias[i]).tanh()
        };
        let r = usize::from(row[k]);
        let w = |i: usize, o: usize| w.as_slice()[(r * 6 + i) * 2 + o];
        for s in 0..2 {
            let p = usize::from(place[2 * k + s]);
            let expected = a(p) * a(p + 1) - x[4 - p];
            assert!((values.pairs[(s, k)] - expected).abs() < 1e-14);
            let greatest = (0..6).map(|i| a(i) * w(i, 0)).fold(f64::NEG_INFINITY, f64::max);
            let expected = w(p, 0) * w(p, 1) + greatest;
            assert!((values.powers[(s, k)] - expected).abs() < 1e-14);
        }
        for o in 0..2 {
            let expected = (0..6).map(|i| w(i, o) * a(i)).sum::<f64>() * r as f64;
            assert!((values.chosen[(o, k)] - expected).abs() < 1e-14);
        }
        let place = [place[2 * k], place[2 * k + 1]];
        let x = SVector::from_column_slice(x);
        let one = PlacesInputs { x: &x, place: &place, row: &[row[k]] };
        let one = network.forward(one).unwrap();
        assert!((one.pairs - values.pairs.column(k)).amax() < 1e-14);
    }
    let seeds = [numbers(2 * BATCH, 7), numbers(2 * BATCH, 8), numbers(2 * BATCH, 9)];
    let [pairs, chosen, powers] = seeds.each_ref().map(|seed| view::<Const<2>>(seed));
    outputs.backward(PlacesOutputs { pairs, chosen, powers }, &mut gradient).unwrap();
    check(&*gradient, |model: &PlacesOf<f64>| {
        let outputs = model.forward_batch(places!(x, place, row), &mut pass).unwrap();
        let values = outputs.values();
        values.pairs.dot(&pairs) + values.chosen.dot(&chosen) + values.powers.dot(&powers)
    });
}

#[test]
fn what_integers_choose_is_differentiated_twice() {
    let (x, kind) = (numbers(BATCH, 4), [2u8, 0, 2]);
    let network = model::<CurvesOf<f64>>();
    let (mut pass, mut gradient) = (CurvesOf::pass(BATCH), unset::<CurvesOf<f64>>());
    let inputs = || CurvesInputs { x: view::<Const<1>>(&x), kind: &kind };
    let outputs = network.forward_batch(inputs(), &mut pass).unwrap();
    for k in 0..BATCH {
        let phases = &network.phase.as_slice()[usize::from(kind[k]) * 4..][..4];
        let slope: f64 = phases.iter().map(|phase| phase * (phase * x[k]).cos()).sum();
        let bend: f64 = phases.iter().map(|phase| -phase * phase * (phase * x[k]).sin()).sum();
        assert!((outputs.values().slope[k] - slope).abs() < 1e-14);
        assert!((outputs.values().bend[k] - bend).abs() < 1e-14);
    }
    let seeds = [numbers(BATCH, 7), numbers(BATCH, 8), numbers(BATCH, 9)];
    let [u, slope, bend] = seeds.each_ref().map(|seed| view::<Const<1>>(seed));
    outputs.backward(CurvesOutputs { u, slope, bend }, &mut gradient).unwrap();
    check(&*gradient, |model: &CurvesOf<f64>| {
        let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
        let values = outputs.values();
        values.u.dot(&u) + values.slope.dot(&slope) + values.bend.dot(&bend)
    });
}

#[test]
fn layers_take_several_integers() {
    let (a, b) = (tokens(4 * BATCH, 3), tokens(4 * BATCH, 5));
    let (network, mut pass) = (model::<PairsOf<f64>>(), PairsOf::pass(BATCH));
    let outputs = network.evaluate(PairsInputs { a: &a, b: &b }, &mut pass).unwrap();
    let table = network.y.w.as_slice();
    let expected = a.iter().zip(&b).map(|(&a, &b)| table[usize::from(a) * 5 + usize::from(b)]);
    assert!(outputs.iter().copied().eq(expected));
}

#[test]
fn integers_out_of_range_are_told() {
    let network = Words::new(&mut seed(0));
    let mut pass = Words::pass(2);
    let mut given = [0i32; 10];
    for wrong in [7, -1, 300] {
        given[8] = wrong;
        let found = i128::from(wrong);
        let expected = BatchError::Integer { input: "x", sample: 1, position: 3, found, below: 7 };
        assert_eq!(network.forward_batch(&given, &mut pass).unwrap_err(), expected);
        assert_eq!(network.evaluate(&given, &mut pass).unwrap_err(), expected);
        let one = network.forward(given.last_chunk().unwrap()).unwrap_err();
        assert_eq!(
            one,
            BatchError::Integer { input: "x", sample: 0, position: 3, found, below: 7 }
        );
    }
    let error = network.forward_batch(&given, &mut pass).unwrap_err();
    let text = "`x` of sample 1 is 300 at position 3, but its integers are 0 to 6";
    assert_eq!(error.to_string(), text);
    let error = network.forward_batch(&given[..9], &mut pass).unwrap_err();
    assert_eq!(error, BatchError::IntegerCount { input: "x", width: 5, found: 9 });
    let error = network.forward_batch(&[0u8; 15], &mut pass).unwrap_err();
    assert_eq!(error, BatchError::TooLarge { capacity: 2, found: 3 });
    assert_eq!(network.forward_batch(&[0u8; 0], &mut pass).unwrap().values().ncols(), 0);
    let (a, b) = ([0u8; 8], [0u8; 4]);
    let (pairs, mut pass) = (Pairs::new(&mut seed(0)), Pairs::pass(2));
    let error = pairs.evaluate(PairsInputs { a: &a, b: &b }, &mut pass).unwrap_err();
    assert_eq!(error, BatchError::Input { input: "b", expected: 2, found: 1 });
}

#[test]
fn a_chosen_class_has_the_gradient_of_its_element() {
    let (given, label) = (tokens(5 * BATCH, 7), tokens(5 * BATCH, 7));
    let network = model::<TiedOf<f64>>();
    let (mut pass, mut gradient) = (TiedOf::pass(BATCH), unset::<TiedOf<f64>>());
    let outputs = network.forward_batch(&given, &mut pass).unwrap();
    let loss = outputs.loss(Likelihood::default(), &label).unwrap();
    let value = loss.value();
    loss.backward(&mut gradient);
    let mut total = 0.0;
    let mut objective = |model: &TiedOf<f64>| {
        let outputs = model.forward_batch(&given, &mut pass).unwrap();
        let logits = outputs.values();
        let each = logits.as_slice().chunks(7).zip(&label).map(|(logits, &label)| {
            let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
            sum.ln() - logits[usize::from(label)]
        });
        each.sum::<f64>() / label.len() as f64
    };
    total += objective(&network);
    assert!((value - total).abs() < 1e-14);
    check(&*gradient, objective);
}

#[test]
fn a_loss_of_any_network_chooses_by_its_class() {
    network! { Net< linear(2, 5) > }
    for batch in [1, 2, 17] {
        let x = numbers(2 * batch, 5);
        let x = view::<Const<2>>(&x);
        let (label, weight) = (tokens(batch, 5), [0.5, 1.0, 2.0, 0.25, 3.0]);
        let network = model::<NetOf<f64>>();
        let (mut pass, mut gradient) = (NetOf::pass(batch), unset::<NetOf<f64>>());
        let outputs = network.forward_batch(x, &mut pass).unwrap();
        let loss = outputs.loss(OwnLikelihood { weight: &weight }, &label).unwrap();
        let value = loss.value();
        loss.backward(&mut gradient);
        let mut objective = |model: &NetOf<f64>| {
            let outputs = model.forward_batch(x, &mut pass).unwrap();
            let logits = outputs.values();
            let each = logits.as_slice().chunks(5).zip(&label).map(|(logits, &label)| {
                let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
                weight[usize::from(label)] * (sum.ln() - logits[usize::from(label)])
            });
            each.sum::<f64>() / batch as f64
        };
        assert!((value - objective(&network)).abs() < 1e-14);
        check(&*gradient, objective);
    }
}

#[test]
fn classes_are_checked_where_they_are_compared() {
    let (pairs, mut pass) = (Pairs::new(&mut seed(0)), Pairs::pass(1));
    let given = || PairsInputs { a: &[0u8, 1, 2, 0], b: &[0u8; 4] };
    let outputs = pairs.forward_batch(given(), &mut pass).unwrap();
    let error = outputs.loss(Called::default(), &[4u8]).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "sample 0 has the label 4, but there are 4 classes: 0 to 3");
    let outputs = pairs.forward_batch(given(), &mut pass).unwrap();
    let y = outputs.values().as_slice().to_vec();
    let loss = outputs.loss(Compared::default(), &[3u8, 1]).unwrap();
    assert_eq!(loss.value(), y[3] + y[1]);
    let outputs = pairs.forward_batch(given(), &mut pass).unwrap();
    let error = outputs.loss(Compared::default(), &[3u8, 7]).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "sample 0 has the label 7, but there are 4 classes: 0 to 3");
}
