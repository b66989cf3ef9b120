use tapeless::prelude::*;

network! {
    Net< linear(4, 3) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    let mut pass = Net::pass(1);
    let outputs = model.forward_batch(&SVector::<f32, 5>::zeros(), &mut pass).unwrap();
    outputs.backward(&SVector::<f64, 3>::zeros(), &mut Net::zeros());
    model.evaluate(&[0.0f32; 4], &mut pass);
}
