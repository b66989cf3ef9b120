use tapeless::prelude::*;

network! {
    Net< linear(4, 3) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    let mut pass = Net::pass(1);
    let x = SVector::<f32, 4>::zeros();
    let outputs = model.forward_batch(&x, &mut pass).unwrap();
    let loss = outputs.loss(MeanSquaredError::default(), &[1u8]);
}
