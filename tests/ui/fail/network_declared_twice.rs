use tapeless::prelude::*;

network! {
    Net< linear(2, 1) >
    Net< linear(2, 1) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
