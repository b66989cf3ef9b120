use tapeless::prelude::*;
network! {
    /// The classifier of the article: 784 → 128 → 64 → 10.
    pub NeuralNetwork<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >
}
#[test]
fn smoke() {
    println!("{}", NeuralNetwork::summary());
    println!("{}", NeuralNetwork::explain());
    let mut rng = seed(0);
    let mut model = NeuralNetwork::new(&mut rng);
    let mut gradient = NeuralNetwork::zeros();
    let mut pass = NeuralNetwork::pass(4);
    let x = Samples::<f32, nalgebra::Const<784>>::from_fn(4, |i, j| ((i * 7 + j * 13) % 11) as f32 / 11.0);
    let mut sgd = Sgd { lr: 0.1, ..Sgd::default() }.over(&model).unwrap();
    for _ in 0..20 {
        let outputs = model.forward_batch(&x, &mut pass).unwrap();
        let loss = outputs.loss(CrossEntropy::default(), &[1u8, 2, 3, 4]).unwrap();
        println!("{}", loss.value());
        loss.backward(&mut gradient);
        sgd.step(&mut model, &gradient);
    }
    let y = model.forward(&x.column(0).into_owned());
    println!("{y}");
}
