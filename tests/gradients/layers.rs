//! The library's layers, over a grid of their options.

use crate::differences::{check, model, unset};
use crate::finite_differences::checks;
use tapeless::prelude::*;

network! {
    Conv1d< linear(3, 12); reshape(2, 6); conv1d(2, 3, 3); flatten; linear(2) >
    Conv1dOptions< linear(3, 14); reshape(2, 7); conv1d(2, 4, 2, stride = 2, padding = 3, dilation = 2, groups = 2, bias = false); flatten; linear(2) >
    Conv2d< linear(3, 32); reshape(2, 4, 4); conv2d(2, 3, 2); tanh; flatten; linear(2) >
    Conv2dOptions< linear(3, 40); reshape(2, 5, 4); conv2d(2, 4, (3, 2), stride = (2, 1), padding = (1, 2), dilation = (1, 2), groups = 2); flatten; linear(2) >
    Transposed< linear(3, 12); reshape(2, 3, 2); conv_transpose2d(2, 3, (3, 2), stride = 2, padding = 1, output_padding = (1, 0)); flatten; linear(2) >
    TransposedGroups< linear(3, 16); reshape(4, 2, 2); conv_transpose2d(4, 4, 2, stride = 2, groups = 2, bias = false); flatten; linear(2) >
    MaxPools< linear(3, 40); reshape(2, 5, 4); max_pool2d(2, stride = 1); max_pool2d((3, 2), padding = 1); flatten; linear(2) >
    MaxPool1d< linear(3, 14); reshape(2, 7); max_pool1d(3, padding = 1, stride = 2); flatten; linear(2) >
    AvgPools< linear(3, 40); reshape(2, 5, 4); avg_pool2d(2, padding = 1); avg_pool2d((2, 1), stride = 1); flatten; linear(2) >
    AvgPool1d< linear(3, 14); reshape(2, 7); avg_pool1d(3, padding = 1); flatten; linear(2) >
    Adaptive< linear(3, 40); reshape(2, 5, 4); adaptive_avg_pool2d((2, 3)); flatten; linear(2) >
    Global< linear(3, 40); reshape(2, 5, 4); tanh; global_avg_pool; linear(2) >
    BatchNorm1d< linear(3, 4); batch_norm1d(eps = 0.1); tanh; linear(2) >
    BatchNormSequence< linear(3, 6); reshape(2, 3); batch_norm1d(eps = 0.1, affine = false); flatten; tanh; linear(2) >
    BatchNorm2d< linear(3, 16); reshape(2, 2, 4); batch_norm2d(eps = 0.1, momentum = 0.3); tanh; flatten; linear(2) >
    LayerNorm< linear(3, 6); layer_norm(eps = 0.1); tanh; reshape(2, 3); layer_norm(eps = 0.1); flatten; linear(2) >
    RmsNorm< linear(3, 6); rms_norm; tanh; reshape(2, 3); rms_norm(eps = 0.1, affine = false); flatten; linear(2) >
    GroupNorm< linear(3, 16); reshape(4, 2, 2); group_norm(2, 4, eps = 0.1); tanh; flatten; linear(2) >
    Dropout< linear(3, 20); dropout(0.4); tanh; linear(2) >
    Embedding< input(3): index(5); embedding(5, 2); tanh; flatten; linear(2) >
    Permuted< input(2, 3, 4); permute(2, 3, 1); flatten >
    PermutedBack< input(2, 3, 4); permute(3, 1, 2); flatten >
    PermutedFour< input(2, 3, 2, 2); permute(4, 2, 1, 3); flatten >
    PermutedTwo< input(2, 3); permute((2, 1)); flatten >
    PermutedGradient< linear(3, 24); reshape(2, 3, 4); permute(3, 2, 1); reshape(4, 3, 1, 2); permute(2, 4, 1, 3); flatten; linear(2) >
    Dropped< input(1000); dropout(0.25) >
    Normal< input(2); batch_norm1d(momentum = 0.25) >
    Shapes< linear(3, 12); reshape(2, 3, 2); upsample((1, 2)); zero_pad2d(padding = (1, 0, 2, 1)); softmax2d; flatten; reshape(20, 3); transpose; flatten; scale; linear(2) >
    SoftmaxAlong< linear(3, 12); reshape(2, 3, 2); softmax(dim = 1); softmax(dim = 2); softmax; flatten; reshape(4, 3); softmax(dim = 1); flatten; linear(2) >
    Columns< input(3, 2); softmax(dim = 1); flatten >
    Channels< input(2, 2, 2); softmax(dim = 1); flatten >
    SameChannels< input(2, 2, 2); softmax2d; flatten >
    Attention< linear(3, 12); reshape(3, 4); positional_encoding; multihead_attention(4, 2); linear(3); flatten; linear(2) >
    Causal< linear(3, 12); reshape(3, 4); multihead_attention(4, 1, causal = true, bias = false); flatten; linear(2) >
}

checks! {
    conv1d: Conv1dOf;
    conv1d_with_options: Conv1dOptionsOf;
    conv2d: Conv2dOf;
    conv2d_with_options: Conv2dOptionsOf;
    conv_transpose2d: TransposedOf;
    conv_transpose2d_of_groups: TransposedGroupsOf;
    max_pools: MaxPoolsOf;
    max_pool1d: MaxPool1dOf;
    avg_pools: AvgPoolsOf;
    avg_pool1d: AvgPool1dOf;
    adaptive_avg_pool: AdaptiveOf;
    global_avg_pool: GlobalOf;
    batch_norm1d: BatchNorm1dOf;
    batch_norm_of_a_sequence: BatchNormSequenceOf;
    batch_norm2d: BatchNorm2dOf;
    layer_norm: LayerNormOf;
    rms_norm: RmsNormOf;
    group_norm: GroupNormOf;
    dropout: DropoutOf;
    permute: PermutedGradientOf;
    shapes: ShapesOf;
    softmax_along_axes: SoftmaxAlongOf;
    self_attention: AttentionOf;
    causal_self_attention: CausalOf;
}

#[test]
fn embedding() {
    let words = [4u8, 0, 4, 1, 1, 2];
    let weights = Samples::<f64, Const<2>>::from_column_slice(&[0.3, -0.8, 0.5, 0.9]);
    let (model, mut gradient) = (model::<EmbeddingOf<f64>>(), unset::<EmbeddingOf<f64>>());
    let mut pass = EmbeddingOf::pass(2);
    let outputs = model.forward_batch(&words, &mut pass).unwrap();
    outputs.backward(&weights, &mut gradient).unwrap();
    check(&*gradient, |model: &EmbeddingOf<f64>| {
        model.forward_batch(&words, &mut pass).unwrap().values().dot(&weights)
    });
}

#[test]
fn dropout_in_training_and_in_evaluation() {
    let (model, mut pass) = (DroppedOf::<f64>::zeros(), DroppedOf::pass(1));
    let x = SVector::<f64, 1000>::repeat(3.0);
    assert_eq!(model.forward(&x), x);
    assert_eq!(model.evaluate(&x, &mut pass).unwrap().as_slice(), x.as_slice());
    let drawn = |pass: &mut _| model.forward_batch(&x, pass).unwrap().values().clone_owned();
    let (first, second) = (drawn(&mut pass), drawn(&mut pass));
    let dropped = first.iter().filter(|&&y| y == 0.0).count();
    assert!((200..300).contains(&dropped), "{dropped}");
    assert!(first.iter().all(|&y| y == 0.0 || y == 4.0));
    assert_ne!(first, second);
    pass.set_seed(0);
    assert_eq!(drawn(&mut pass), first);
    pass.set_seed(1);
    assert_ne!(drawn(&mut pass), first);
}

#[test]
fn batch_norm_in_training_and_in_evaluation() {
    let mut model = NormalOf::<f64>::new(&mut seed(0));
    let (mut pass, mut gradient) = (NormalOf::pass(4), NormalOf::zeros());
    let x = Samples::<f64, Const<2>>::from_column_slice(&[1.0, 5.0, 2.0, 5.0, 3.0, 5.0, 6.0, 9.0]);
    let outputs = model.forward_batch(&x, &mut pass).unwrap();
    assert!(outputs.values().row(0).sum().abs() < 1e-12);
    outputs.backward(&x, &mut gradient).unwrap();
    let mut sgd = Sgd { lr: 0.0, ..Sgd::default() }.over(&model).unwrap();
    sgd.step(&mut model, &gradient);
    // Mean 3, unbiased variance 14/3; 6 and 4.
    let norm = &model.states.batch_norm1d0;
    assert_eq!(norm.running_mean.as_slice(), [0.75, 1.5]);
    assert!((norm.running_var[0] - (0.75 + 0.25 * 14.0 / 3.0)).abs() < 1e-12);
    assert!((norm.running_var[1] - (0.75 + 0.25 * 4.0)).abs() < 1e-12);
    let y = model.forward(&SVector::from([2.0, 1.5]));
    assert!((y[0] - 1.25 / (norm.running_var[0] + 1e-5).sqrt()).abs() < 1e-12);
    assert_eq!(y[1], 0.0);
    assert_eq!(model.evaluate(&SVector::from([2.0, 1.5]), &mut pass).unwrap()[0], y[0]);
}

#[test]
fn a_gradient_can_be_scaled_without_harm_to_the_states() {
    let x = Samples::<f64, Const<2>>::from_column_slice(&[1.0, 5.0, 2.0, 5.0, 3.0, 5.0, 6.0, 9.0]);
    let states = |scale: f64| {
        let mut model = NormalOf::<f64>::new(&mut seed(0));
        let (mut pass, mut gradient) = (NormalOf::pass(4), NormalOf::zeros());
        model.forward_batch(&x, &mut pass).unwrap().backward(&x, &mut gradient).unwrap();
        gradient.as_mut_slice().iter_mut().for_each(|number| *number *= scale);
        Sgd::default().over(&model).unwrap().step(&mut model, &gradient);
        model.states().to_vec()
    };
    assert_eq!(states(0.25), states(1.0));
    assert_eq!(states(1.0)[..2], [0.75, 1.5]);
    let infos = NormalOf::<f64>::PARAMETERS.iter();
    let named: Vec<&str> = infos.filter(|info| info.is_state).map(|info| info.name).collect();
    assert_eq!(named, ["0.running_mean", "0.running_var"]);
    let learned: usize =
        NormalOf::<f64>::summary().layers.iter().map(|layer| layer.parameters).sum();
    assert_eq!(learned, NormalOf::<f64>::zeros().as_slice().len());
}

#[test]
fn permute_puts_axes_where_their_numbers_say() {
    let x = SVector::<f64, 24>::from_fn(|at, _| at as f64);
    let last = PermutedOf::<f64>::zeros().forward(&x);
    let back = PermutedBackOf::<f64>::zeros().forward(&x);
    for (c, h, w) in (0..24).map(|at| (at / 12, at / 4 % 3, at % 4)) {
        assert_eq!(last[(h * 4 + w) * 2 + c], x[(c * 3 + h) * 4 + w]);
        assert_eq!(back[(w * 2 + c) * 3 + h], x[(c * 3 + h) * 4 + w]);
    }
    let four = PermutedFourOf::<f64>::zeros().forward(&x);
    for (a, b, c, d) in (0..24).map(|at| (at / 12, at / 4 % 3, at / 2 % 2, at % 2)) {
        assert_eq!(four[((d * 3 + b) * 2 + a) * 2 + c], x[((a * 3 + b) * 2 + c) * 2 + d]);
    }
    let two = PermutedTwoOf::<f64>::zeros().forward(&SVector::from([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(two.as_slice(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
}

#[test]
fn softmax_sums_to_one_along_its_axis() {
    let x = SVector::<f64, 6>::from([0.5, -1.0, 2.0, 0.25, 0.0, 3.0]);
    let y = ColumnsOf::<f64>::zeros().forward(&x);
    for column in 0..2 {
        assert!((y[column] + y[2 + column] + y[4 + column] - 1.0).abs() < 1e-15);
    }
    let x = SVector::<f64, 8>::from_fn(|at, _| (at as f64).sin());
    let (model, same) = (ChannelsOf::<f64>::zeros(), SameChannelsOf::<f64>::zeros());
    assert_eq!(model.forward(&x), same.forward(&x));
}
