//! Sums of products that are products of two arrays once they are taken apart, and sums that are equal:
//! kernels against plain loops, gradients against 5-point differences.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// A factor that is computed, in a scan: a step of the Runge-Kutta method.
            layer flow(N) {
                input x[n: N];
                param weight[n: N, m: N] ~ uniform(1 / sqrt(N));
                index t: 5;
                s[-1, n] = x[n];
                scan t {
                    a[t, n] = tanh(sum(m: weight[n, m] * s[t - 1, m]));
                    b[t, n] = tanh(sum(m: weight[n, m] * (s[t - 1, m] + 0.3 * a[t, m])));
                    s[t, n] = s[t - 1, n] + 0.1 * (a[t, n] + 2 * b[t, n]);
                }
                y[n] = s[4, n];
            }

            /// Factors inside and outside, with a sign, of which two belong together.
            layer weighed(I, O) {
                input x[i: I];
                param weight[o: O, i: I] ~ uniform(1);
                param gain[o: O] ~ uniform(1);
                param inner[i: I] ~ uniform(1);
                y[o] = sum(i: -0.5 * weight[o, i] * gain[o] * tanh(x[i]) * inner[i]);
            }

            /// The same terms in three sums, one of them with what stands outside.
            layer equal(I, O) {
                input x[i: I];
                param a[o: O] ~ uniform(1);
                param b[o: O] ~ uniform(1);
                all = sum(i: x[i]^2);
                y[o] = sum(i: x[i]^2 * a[o]) + sum(j: 2 * x[j]^2 * b[o]) - all;
            }

            /// A sum whose terms change between two sums that look equal: they are none.
            layer scaled_twice(I) {
                input x[i: I];
                first = sum(i: exp(x[i]));
                z[i] = x[i] / first;
                second = sum(i: exp(z[i]));
                y[i] = z[i] * second + first;
            }

            /// Three factors, of which none belongs to another.
            layer bilinear(I, O) {
                input x[i: I];
                param weight[o: O, i: I, j: I] ~ normal(0.1);
                y[o] = sum(i, j: weight[o, i, j] * x[i] * x[j]);
            }

            pub Flow< linear(3, 5); flow; linear(2) >
            pub FlowOfOne< linear(3, 1); flow; linear(2) >
            pub Weighed< linear(3, 9); weighed(8); linear(2) >
            pub WeighedOne< linear(3, 1); weighed(1); linear(2) >
            pub Equal< linear(3, 17); equal(6); linear(2) >
            pub ScaledTwice< linear(3, 7); scaled_twice; linear(2) >
            pub Bilinear< linear(3, 9); bilinear(4); linear(2) >
        }
    };
}

fast_and_plain!();

chains! {
    computed_factors_in_a_scan: FlowOf;
    computed_factors_of_one_number: FlowOfOneOf;
    factors_inside_and_outside: WeighedOf;
    factors_of_one_number: WeighedOneOf;
    equal_sums: EqualOf;
    sums_that_only_look_equal: ScaledTwiceOf;
    three_factors: BilinearOf;
}
