use tapeless::prelude::*;

network! {
    Net< linear(100000, 100000) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
