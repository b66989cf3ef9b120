use tapeless::prelude::*;

network! {
    Net< shared: linear(4, 4); tanh; reuse shard; linear(2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
