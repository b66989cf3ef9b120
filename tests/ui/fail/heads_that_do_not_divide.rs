use tapeless::prelude::*;

network! {
    Net< input(8, 6); multihead_attention(6, 4); flatten; linear(2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
