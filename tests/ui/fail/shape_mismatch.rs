use tapeless::prelude::*;

network! {
    Net<
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(120, 64);
        linear(64, 10);
    >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
