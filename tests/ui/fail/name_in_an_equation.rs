use tapeless::prelude::*;

network! {
    activation f(x; alpha = 1) = alhpa * x;

    Net< linear(784, 10); f >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
