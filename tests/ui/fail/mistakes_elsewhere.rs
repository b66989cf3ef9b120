//! What is wrong inside of the braces is not wrong where the rest of the crate uses it.

mod nets {
    tapeless::network! {
        pub Typo< input(4); hidden: lineer(3) >
        pub Unparsed( linear(4, 3) )
        pub Fine< linear(4, 2) >
        pub loss bad(p; t) = p - q;
        pub loss worse(p; t; a = 2 in 3..=1) = a * (p - t);
        pub const N: usize = 3.5;
        pub const M = 3;
    }
}

use nets::{Bad, Fine, M, N, Typo, TypoOf, Unparsed, Worse};
use tapeless::prelude::*;

struct Holder(Box<TypoOf<f64>>);

fn main() {
    let model = Typo::new(&mut seed(0));
    let _ = model.hidden.weight[0] + model.forward(&SVector::<f32, 4>::zeros())[0];
    let _ = Holder(TypoOf::zeros()).0.hidden;
    let _ = Unparsed::pass(2);
    let _ = (Bad::default(), Worse { a: 1.0 }, [0; N], M + 1);
    let (fine, mut pass) = (Fine::zeros(), Fine::pass(2));
    let x = Samples::<f32, Const<4>>::zeros(2);
    let y = Samples::<f32, Const<2>>::zeros(2);
    let loss = fine.forward_batch(&x, &mut pass).unwrap().loss(Bad::default(), &y);
    let _ = loss.unwrap().value();
}
