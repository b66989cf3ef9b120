//! A crate whose definitions others use. It has tapeless by another name.

/// Definitions, and what they are made of.
pub mod layers {
    renamed::network! {
        const RANK: usize = 2;
        const SLOPE: f64 = -0.5;

        /// Twice as steep as its argument says.
        activation steeper(x; by = 2) = by * x;

        /// A sigmoid of its own steepness.
        pub activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);

        /// A product of two thin matrices, and a bend.
        pub layer low_rank(I, O; slope = SLOPE) {
            input x[i: I];
            param u[r: RANK, i: I] ~ uniform(1 / sqrt(I));
            param v[o: O, r: RANK] ~ uniform(1);
            steeper[r] = steeper(sum(i: u[r, i] * x[i]));
            y[o] = slope * sum(r: v[o, r] * steeper[r]);
        }

        /// The first numbers of a vector.
        pub layer head(O) {
            input x[i: I];
            y[o: O] = x[o];
        }

        /// A layer of this crate between two of its activations.
        pub block bottleneck< swish; low_rank(RANK + 4); steeper >

        /// The error to the power that the user says.
        pub loss power_error(p; t; power = 2) = abs(p - t)^power;

        /// A loss of networks with an output of this name, of which this crate has none.
        pub loss weighted(value; target, weight) = weight * (value - target)^2;

        /// Steps against the sign of the gradient.
        pub optimizer signs(w, g; lr = 0.5) { w <- w - lr * sign(g); }
    }
}

/// Definitions of this crate, used in it and passed on.
pub mod used {
    renamed::network! {
        pub use crate::layers::{swish, low_rank as thin};
        pub(crate) activation local(x) = x + 1;
        /// A network of this crate.
        pub Small< thin(3, 4); swish; linear(1) >
    }

    /// A definition of another module of the crate.
    pub mod inner {
        renamed::network! {
            use super::local;
            /// A network of this crate.
            pub Tiny< linear(2, 1); local >
        }
    }
}

pub use layers::swish as passed_on;
